#include <algorithm>
#include <cassert>

#include "actors/placement/placement_state.hpp"

namespace orrery {

std::vector<OwedCommand> Placement::State::due() {
  for (const auto pool : fleet_.take_grown_pools()) serve_queue(pool);
  // A lease whose plan fell through asks again before those that came later.
  const auto by_request = [this](std::uint32_t a, std::uint32_t b) {
    return leases_[a].requested_at < leases_[b].requested_at;
  };
  if (!std::is_sorted(arrivals_.begin(), arrivals_.end(), by_request))
    std::sort(arrivals_.begin(), arrivals_.end(), by_request);
  for (const auto lease : arrivals_) serve_arrival(lease);
  arrivals_.clear();
  return std::exchange(owed_, {});
}

void Placement::State::refused(const RefusedCommand& refused) {
  if (const auto* gpu = std::get_if<Rejected<Gpu>>(&refused)) {
    if (const auto* claim = std::get_if<Gpu::Claim>(&gpu->command)) claim_refused(*gpu, *claim);
  } else if (const auto* lease = std::get_if<Rejected<Lease>>(&refused)) {
    if (const auto* grant = std::get_if<Lease::Grant>(&lease->command))
      grant_refused(*lease, *grant);
  }
}

void Placement::State::claim_refused(const Rejected<Gpu>& refused, const Gpu::Claim& claim) {
  const auto number = leases_.find(claim.lease_id);
  if (number == Fleet::none) return;
  const auto place = place_of(refused.id);
  const auto bit = GpuMask{1} << place.gpu;
  const auto& lease = leases_[number];
  const bool planned = lease.phase == Phase::planned && lease.node == place.node &&
                       (lease.gpus & bit) != 0 && lease.fence == claim.fence;
  if (!planned) return;  // The answer to an older plan.
  plan_again(number, lease.causation);

  // Where the log explains the refusal, the next plan will heed it. Otherwise the GPU knows
  // something that the log will tell: it isn't asked again until then.
  const auto& gpu = fleet_.node(place.node).gpus[place.gpu];
  const bool explained = (fleet_.node(place.node).faulty & bit) != 0 || gpu.fence >= claim.fence;
  if (!explained) fleet_.set_suspect(place.node, bit, true);
}

void Placement::State::grant_refused(const Rejected<Lease>& refused, const Lease::Grant& grant) {
  const auto number = leases_.find(refused.id);
  if (number == Fleet::none) return;
  auto& lease = leases_[number];
  if (lease.phase != Phase::planned || lease.fence != grant.grant.fence) return;
  // The lease ended meanwhile, and the log is about to say so.
  give_back(number, lease.causation);
  lease.phase = Phase::waiting;
  lease.answered = true;
}

bool Placement::State::plan(std::uint32_t number) {
  const auto& lease = leases_[number];
  const auto choice = fleet_.choose(lease.pool, lease.gpu_count);
  if (!choice) return false;
  hold(number, choice->node, choice->gpus, ++fence_max_);
  leases_[number].phase = Phase::planned;
  owe_claims(number);
  return true;
}

void Placement::State::hold(std::uint32_t number, std::uint32_t node, GpuMask gpus,
                            std::uint64_t fence) {
  assert((fleet_.node(node).held & gpus) == 0);
  fleet_.set_holder(node, gpus, number);
  auto& lease = leases_[number];
  lease.node = node;
  lease.gpus = gpus;
  lease.claimed = 0;
  lease.fence = fence;
}

void Placement::State::give_back(std::uint32_t number, Position causation) {
  auto& lease = leases_[number];
  fleet_.set_holder(lease.node, lease.gpus, Fleet::none);
  for_each_gpu(lease.gpus, [&](std::uint32_t gpu) {
    owe_release({lease.node, gpu}, number, causation);
  });
  lease.node = Fleet::none;
  lease.gpus = lease.claimed = 0;
}

void Placement::State::plan_again(std::uint32_t number, Position causation) {
  give_back(number, causation);
  leases_[number].phase = Phase::waiting;
  arrivals_.push_back(number);
}

void Placement::State::serve_queue(std::uint32_t pool) {
  const auto found = queues_.find(pool);
  if (found == queues_.end()) return;
  auto& queue = found->second;
  while (!queue.empty() && plan(queue.begin()->second)) queue.erase(queue.begin());
}

void Placement::State::serve_arrival(std::uint32_t number) {
  auto& lease = leases_[number];
  // It may have ended since, its number may be another's, or that other came twice.
  if (lease.phase != Phase::waiting || lease.answered) return;
  if (lease.gpu_count > fleet_.gpu_count_max(lease.pool))
    return refuse(number, larger_than_any_node);
  auto& queue = queues_[lease.pool];
  if (queue.empty() && plan(number)) return;
  queue.emplace(lease.requested_at, number);
  serve_queue(lease.pool);
  if (lease.phase != Phase::waiting) return;
  if (lease.when_full == WhenFull::refuse) {
    queue.erase(lease.requested_at);
    refuse(number, out_of_stock);
  } else if (!lease.queued) {
    owe(To<Lease>{*lease.id, Lease::Queue{}}, lease, lease.causation);
  }
}

void Placement::State::refuse(std::uint32_t number, std::string_view reason) {
  auto& lease = leases_[number];
  lease.answered = true;
  owe(To<Lease>{*lease.id, Lease::Refuse{std::string(reason)}}, lease, lease.causation);
}

void Placement::State::note_claimed(std::uint32_t number, GpuPlace place, std::uint64_t fence) {
  auto& lease = leases_[number];
  const auto bit = GpuMask{1} << place.gpu;
  const bool holds = lease.node == place.node && (lease.gpus & bit) != 0;
  if (!holds) return owe_release(place, number, lease.causation);
  // A claim of an earlier plan is under way back already: its release was sent before this plan's
  // claim.
  if (lease.phase != Phase::planned || lease.fence != fence) return;
  lease.claimed |= bit;
  if (lease.claimed == lease.gpus) owe_grant(number);
}

void Placement::State::owe_claims(std::uint32_t number) {
  const auto& lease = leases_[number];
  const auto& node = fleet_.node(lease.node);
  for_each_gpu(lease.gpus & ~lease.claimed, [&](std::uint32_t gpu) {
    owe(To<Gpu>{gpu_id(node.id, gpu), Gpu::Claim{*lease.id, lease.fence}}, lease, lease.causation);
  });
}

void Placement::State::owe_grant(std::uint32_t number) {
  const auto& lease = leases_[number];
  LeaseGranted grant{fleet_.node(lease.node).id, {}, lease.fence};
  grant.gpu_indices.reserve(lease.gpu_count);
  for_each_gpu(lease.gpus, [&](std::uint32_t gpu) { grant.gpu_indices.push_back(gpu); });
  owe(To<Lease>{*lease.id, Lease::Grant{std::move(grant)}}, lease, lease.causation);
}

void Placement::State::owe_release(GpuPlace place, std::uint32_t number, Position causation) {
  const auto& lease = leases_[number];
  owe(To<Gpu>{gpu_id(fleet_.node(place.node).id, place.gpu), Gpu::Release{*lease.id}}, lease,
      causation);
}

void Placement::State::owe(AddressedCommand command, const PlacedLease& lease, Position causation) {
  if (!resumed_) return;
  owed_.push_back({std::move(command), {std::string(origin_name), causation, lease.correlation}});
}

}  // namespace orrery
