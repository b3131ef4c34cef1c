#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Leases of a gang are granted all or none: when the first is granted, all of the gang have been
/// requested, and each that hasn't ended has every GPU that it wants claimed on one node. Leases of
/// one slot are granted on one node, those of different slots on different ones.
class GangsWhole : public Checker {
 public:
  std::string_view name() const override { return "gangs_whole"; }
  void apply(const RecordedEvent& recorded) override;

 private:
  struct Member {
    std::uint32_t slot = 0;
    std::uint32_t gpu_count = 0;
    /// GPUs whose own stream names the lease: node id and how many there.
    std::map<std::string, std::uint32_t> claims;
    /// Empty where it isn't granted.
    std::string node_id;
  };
  struct Gang {
    std::uint32_t size = 0;
    std::uint32_t requested_count = 0;
    bool has_been_granted = false;
    /// Those that haven't ended, by lease id.
    std::map<std::string, Member, std::less<>> members;
  };
  Member* member(std::string_view lease_id);
  void requested(const RecordedEvent& recorded, const LeaseRequested& wish);
  void granted(const RecordedEvent& recorded, const LeaseGranted& grant);
  void ended(std::string_view lease_id);

  std::map<std::string, Gang, std::less<>> gangs_;
  /// Gang id, by lease id.
  std::map<std::string, std::string, std::less<>> gang_of_;
};

}  // namespace orrery
