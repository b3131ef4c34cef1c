#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/placement/fleet.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// What placement knows of one lease.
struct PlacedLease {
  enum class Phase : std::uint8_t {
    /// Not of a lease: the place is free.
    unused,
    /// Wants a place, and none is planned for it.
    waiting,
    /// A node and GPUs are chosen, and these are being claimed. Never saved: a plan that got lost
    /// is made anew.
    planned,
    /// They are its own.
    granted,
    /// Remembered only while a GPU's own stream still names it.
    ended,
  };

  /// Lives in the book's index.
  const std::string* id = nullptr;
  Phase phase = Phase::unused;
  /// Where an event said that it waits in a queue.
  bool queued = false;
  /// Its node was lost: it is owed `Lease::Expire`.
  bool must_expire = false;
  /// It was told the end of its request, or can't be granted: nothing is planned any more.
  bool answered = false;
  WhenFull when_full = WhenFull::refuse;
  /// The line where it waits its turn.
  std::uint32_t line = Fleet::none;
  Demand demand;
  /// Its gang, while some of that has no grant yet; and its slot there.
  std::uint32_t gang = Fleet::none;
  std::uint32_t slot = 0;
  /// The one node that will do; `Fleet::none` where any does.
  std::uint32_t wanted_node = Fleet::none;
  /// Its holder uses the node by now, so that nobody who waits comes first. Not saved: at worst it
  /// is refused, and asked for again.
  bool is_used_already = false;
  /// GPUs whose own stream names this lease.
  std::uint32_t claim_count = 0;

  /// The plan, or the grant.
  std::uint32_t node = Fleet::none;
  GpuMask gpus = 0;
  /// GPUs of the plan that have been claimed with its fence.
  GpuMask claimed = 0;
  std::uint64_t fence = 0;

  /// Its place in the queue.
  Position requested_at = 0;
  /// The last event about it, for the origin of commands.
  Position causation = 0;
  std::string correlation;

  /// Wants a plan.
  bool is_waiting() const { return phase == Phase::waiting && !answered; }
  bool is_on_a_node() const { return phase == Phase::planned || phase == Phase::granted; }
  /// Not every claim of its plan is there.
  bool lacks_claims() const { return phase == Phase::planned && claimed != gpus; }
};

/// Every lease that placement remembers, each at a small number that others use for it. A lease is
/// forgotten once it has ended and no GPU's stream names it, so the book is as large as the fleet
/// and its queue.
class LeaseBook {
 public:
  /// The number of the lease; a new `ended` entry where it isn't known.
  std::uint32_t at(std::string_view id);
  /// The number of the lease, or `Fleet::none`.
  std::uint32_t find(std::string_view id) const;
  /// Forgets the lease; its number may be given to another.
  void forget(std::uint32_t number);

  PlacedLease& operator[](std::uint32_t number) { return leases_[number]; }
  const PlacedLease& operator[](std::uint32_t number) const { return leases_[number]; }
  /// Numbers are below this; some may be `unused`.
  std::uint32_t number_count() const { return static_cast<std::uint32_t>(leases_.size()); }
  std::size_t size() const { return index_.size(); }

 private:
  std::vector<PlacedLease> leases_;
  std::vector<std::uint32_t> unused_;
  StringIndex index_;
};

}  // namespace orrery
