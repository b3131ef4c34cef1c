#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/placement/fleet.hpp"
#include "events/envelope.hpp"
#include "events/lease_events.hpp"

namespace orrery {

/// What placement knows of leases that are granted all together or not at all.
struct Gang {
  std::string id;
  /// Leases that it has when it is complete, and those that have been requested so far.
  std::uint32_t size = 0;
  std::uint32_t requested_count = 0;
  /// Numbers of its leases that haven't ended, in the order of their requests.
  std::vector<std::uint32_t> members;
  /// Where its newest lease was requested: its place in the line.
  Position requested_at = 0;
  std::uint32_t line = Fleet::none;
  /// Its leases ask for different clusters or models: it can't be served.
  bool is_mixed = false;

  bool is_complete() const { return requested_count >= size; }
};

/// Every gang of which some lease waits, or waits for others to come, each at a small number.
class GangBook {
 public:
  /// The number of the gang; it is new where it isn't known.
  std::uint32_t at(const LeaseGang& gang);
  /// Forgets the gang; its number may be given to another.
  void forget(std::uint32_t number);

  Gang& operator[](std::uint32_t number) { return gangs_[number]; }
  const Gang& operator[](std::uint32_t number) const { return gangs_[number]; }
  /// Numbers are below this; some may be of no gang: those have no id.
  std::uint32_t number_count() const { return static_cast<std::uint32_t>(gangs_.size()); }

 private:
  std::vector<Gang> gangs_;
  std::vector<std::uint32_t> unused_;
  StringIndex index_;
};

}  // namespace orrery
