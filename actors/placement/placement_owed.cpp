#include <utility>

#include "actors/placement/placement_state.hpp"

namespace orrery {

void Placement::State::owe_claims(std::uint32_t number) {
  const auto& lease = leases_[number];
  const auto& node = fleet_.node(lease.node);
  for_each_gpu(lease.gpus & ~lease.claimed, [&](std::uint32_t gpu) {
    owe(To<Gpu>{gpu_id(node.id, gpu), Gpu::Claim{*lease.id, lease.fence}}, cause_of(lease));
  });
}

void Placement::State::owe_grants(std::uint32_t number) {
  const auto gang = leases_[number].gang;
  if (gang == Fleet::none) return owe_grant(number);
  for (const auto member : gangs_[gang].members)
    if (leases_[member].phase == Phase::planned) owe_grant(member);
}

void Placement::State::owe_grant(std::uint32_t number) {
  const auto& lease = leases_[number];
  LeaseGranted grant{fleet_.node(lease.node).id, {}, lease.fence};
  grant.gpu_indices.reserve(lease.demand.gpu_count);
  for_each_gpu(lease.gpus, [&](std::uint32_t gpu) { grant.gpu_indices.push_back(gpu); });
  owe(To<Lease>{*lease.id, Lease::Grant{std::move(grant)}}, cause_of(lease));
}

void Placement::State::owe_release(GpuPlace place, std::uint32_t number, const Cause& cause) {
  const auto& lease = leases_[number];
  owe(To<Gpu>{gpu_id(fleet_.node(place.node).id, place.gpu), Gpu::Release{*lease.id}}, cause);
}

void Placement::State::owe(AddressedCommand command, const Cause& cause) {
  if (!resumed_) return;
  owed_.push_back(
      {std::move(command), {std::string(origin_name), cause.position, cause.correlation}});
}

}  // namespace orrery
