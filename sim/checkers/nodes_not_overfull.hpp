#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// No node gives more processors or memory than it has: what its granted leases asked for is within
/// what it counts. Those that don't count have enough for everybody.
class NodesNotOverfull : public Checker {
 public:
  std::string_view name() const override { return "nodes_not_overfull"; }
  void apply(const RecordedEvent& recorded) override;

 private:
  struct Amounts {
    std::uint64_t cpu_count = 0;
    std::uint64_t memory_mib = 0;
  };
  struct OpenLease {
    Amounts wish;
    /// Empty where it isn't granted.
    std::string node_id;
  };
  void granted(const RecordedEvent& recorded, const LeaseGranted& grant);
  void ended(std::string_view lease_id);

  /// By node id.
  std::map<std::string, Amounts, std::less<>> whole_;
  std::map<std::string, Amounts, std::less<>> given_;
  /// By lease id.
  std::map<std::string, OpenLease, std::less<>> leases_;
};

}  // namespace orrery
