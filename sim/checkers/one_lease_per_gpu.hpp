#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// No GPU belongs to two leases: neither by the claims of the GPU nor by the grants of the leases,
/// and what is granted was claimed with the fence of the grant. Fences of a GPU only grow.
class OneLeasePerGpu : public Checker {
 public:
  std::string_view name() const override { return "one_lease_per_gpu"; }
  void apply(const RecordedEvent& recorded) override;

 private:
  struct Claim {
    std::string lease_id;
    std::uint64_t fence = 0;
  };
  void claimed(const RecordedEvent& recorded, const GpuClaimed& claim);
  void granted(const RecordedEvent& recorded, const LeaseGranted& grant);
  void ended(std::string_view lease_id);

  /// By GPU id. The fence stays when the claim is gone.
  std::map<std::string, Claim, std::less<>> claims_;
  /// GPU id → lease that was granted it and has not ended.
  std::map<std::string, std::string, std::less<>> holders_;
};

}  // namespace orrery
