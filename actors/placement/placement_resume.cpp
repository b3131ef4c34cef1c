#include <algorithm>
#include <map>

#include "actors/placement/placement_state.hpp"

namespace orrery {

std::vector<OwedCommand> Placement::State::resume() {
  resumed_ = true;
  owed_.clear();
  arrivals_.clear();
  lines_.clear();
  fence_max_ = fence_seen_;
  resume_claims();

  std::vector<std::uint32_t> leases;
  for (std::uint32_t number = 0; number < leases_.number_count(); ++number)
    if (leases_[number].phase != Phase::unused) leases.push_back(number);
  std::sort(leases.begin(), leases.end(), [this](std::uint32_t a, std::uint32_t b) {
    return leases_[a].requested_at < leases_[b].requested_at;
  });
  for (const auto number : leases) resume_lease(number);
  resume_gangs();
  return due();
}

void Placement::State::resume_lease(std::uint32_t number) {
  auto& lease = leases_[number];
  if (lease.phase == Phase::granted && lease.must_expire)
    owe(To<Lease>{*lease.id, Lease::Expire{std::string(node_lost)}}, cause_of(lease));
  if (lease.phase == Phase::planned) {
    owe_claims(number);
    if (lease.claimed == lease.gpus) owe_grant(number);
  }
  if (lease.phase == Phase::waiting) {
    lease.answered = false;
    if (lease.gang == Fleet::none) arrivals_.push_back({.lease = number});
  }
}

void Placement::State::resume_gangs() {
  std::vector<Party> waiting;
  for (std::uint32_t number = 0; number < gangs_.number_count(); ++number)
    if (is_waiting({.gang = number})) waiting.push_back({.gang = number});
  std::sort(waiting.begin(), waiting.end(),
            [this](Party a, Party b) { return place_of(a) < place_of(b); });
  for (const auto party : waiting) {
    const auto& gang = gangs_[party.gang];
    const bool is_granted_in_part = waiting_leases(party).size() < gang.members.size();
    if (!is_granted_in_part || !plan(party, {})) arrivals_.push_back(party);
  }
}

void Placement::State::resume_claims() {
  // Ordered by what the log says, not by numbers, which depend on what was forgotten when.
  std::map<std::pair<Position, std::string_view>, std::vector<GpuPlace>> loose;
  for (std::uint32_t index = 0; index < fleet_.node_count(); ++index) {
    const auto& node = fleet_.node(index);
    for (std::uint32_t gpu = 0; gpu < node.gpu_count(); ++gpu) {
      const auto claimant = node.gpus[gpu].claimant;
      if (claimant == Fleet::none || node.gpus[gpu].holder == claimant) continue;
      const auto& lease = leases_[claimant];
      loose[{lease.requested_at, *lease.id}].push_back({index, gpu});
    }
  }
  for (const auto& [request, claims] : loose) {
    const auto lease = leases_.find(request.second);
    if (adopt(lease, claims)) continue;
    for (const auto place : claims) owe_release(place, lease, cause_of(leases_[lease]));
  }
}

bool Placement::State::adopt(std::uint32_t number, const std::vector<GpuPlace>& claims) {
  auto& lease = leases_[number];
  const auto& node = fleet_.node(claims.front().node);
  if (lease.phase != Phase::waiting || lease.gang != Fleet::none) return false;
  if (claims.size() > lease.demand.gpu_count) return false;
  GpuMask own = 0;
  const auto fence = node.gpus[claims.front().gpu].fence;
  for (const auto place : claims) {
    if (place.node != claims.front().node || node.gpus[place.gpu].fence != fence) return false;
    own |= GpuMask{1} << place.gpu;
  }
  const auto missing = lease.demand.gpu_count - static_cast<std::uint32_t>(claims.size());
  const auto others = node.free() & ~own;
  const auto offer = node.offer();
  if (!offer || !offer->holds(lease.demand) || (node.free() & own) != own) return false;
  hold(number, claims.front().node, own | lowest_gpus(others, missing), fence);
  lease.phase = Phase::planned;
  lease.claimed = own;
  return true;
}

}  // namespace orrery
