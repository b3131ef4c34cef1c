#include "sim/checkers/one_lease_per_gpu.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void OneLeasePerGpu::apply(const RecordedEvent& recorded) {
  if (const auto* claim = std::get_if<GpuClaimed>(&recorded.event)) claimed(recorded, *claim);
  if (const auto* release = std::get_if<GpuReleased>(&recorded.event)) {
    auto& claim = claims_[std::string(stream_id(recorded.stream))];
    if (claim.lease_id != release->lease_id)
      violated(recorded.position, recorded.stream + " is released from " + release->lease_id +
                                      ", but " + claim.lease_id + " has it");
    claim.lease_id.clear();
  }
  if (const auto* grant = std::get_if<LeaseGranted>(&recorded.event)) granted(recorded, *grant);
  if (std::holds_alternative<LeaseReleased>(recorded.event) ||
      std::holds_alternative<LeaseExpired>(recorded.event))
    ended(stream_id(recorded.stream));
}

void OneLeasePerGpu::claimed(const RecordedEvent& recorded, const GpuClaimed& claim) {
  auto& known = claims_[std::string(stream_id(recorded.stream))];
  if (!known.lease_id.empty())
    violated(recorded.position, recorded.stream + " is claimed by " + claim.lease_id + " while " +
                                    known.lease_id + " has it");
  if (claim.fence <= known.fence)
    violated(recorded.position, recorded.stream + " is claimed with fence " +
                                    std::to_string(claim.fence) + " after " +
                                    std::to_string(known.fence));
  known = {claim.lease_id, claim.fence};
}

void OneLeasePerGpu::granted(const RecordedEvent& recorded, const LeaseGranted& grant) {
  const std::string lease_id(stream_id(recorded.stream));
  for (const auto index : grant.gpu_indices) {
    const auto gpu = grant.node_id + ":" + std::to_string(index);
    const auto& claim = claims_[gpu];
    if (claim.lease_id != lease_id || claim.fence != grant.fence)
      violated(recorded.position, lease_id + " is granted " + gpu + " without a claim of it");
    const auto [holder, fresh] = holders_.emplace(gpu, lease_id);
    if (!fresh)
      violated(recorded.position,
               gpu + " is granted to " + lease_id + " while " + holder->second + " has it");
    holder->second = lease_id;
  }
}

void OneLeasePerGpu::ended(std::string_view lease_id) {
  std::erase_if(holders_, [&](const auto& entry) { return entry.second == lease_id; });
}

}  // namespace orrery
