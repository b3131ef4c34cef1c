#include <algorithm>
#include <cassert>
#include <charconv>

#include "actors/placement/placement_state.hpp"
#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "events/stream_name.hpp"

namespace orrery {

void Placement::State::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

void Placement::State::on(const RecordedEvent& recorded, const ClusterDeclared& event) {
  fleet_.declare_cluster(stream_id(recorded.stream), event);
}

/// A node that its owner looks after isn't known here, so nothing is placed on it.
void Placement::State::on(const RecordedEvent& recorded, const NodeRegistered& event) {
  if (event.driver != NodeDriver::owner) fleet_.add_node(stream_id(recorded.stream), event);
}

void Placement::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  if (const auto index = find_node_of(recorded); index != Fleet::none)
    fleet_.set_ready(index, true);
}

void Placement::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto index = find_node_of(recorded);
  if (index == Fleet::none) return;
  fleet_.set_ready(index, false);
  for (const auto number : tenants_of(index)) {
    auto& lease = leases_[number];
    // It may have left with its gang meanwhile.
    if (!lease.is_on_a_node() || lease.node != index) continue;
    if (is_claiming(number)) {
      plan_again(number, cause_of(recorded));
    } else if (lease.phase == Phase::granted && !std::exchange(lease.must_expire, true)) {
      owe(To<Lease>{*lease.id, Lease::Expire{std::string(node_lost)}}, cause_of(recorded));
    }
  }
}

void Placement::State::on(const RecordedEvent& recorded, const NodeCordoned&) {
  if (const auto index = find_node_of(recorded); index != Fleet::none)
    fleet_.set_cordoned(index, true);
}

void Placement::State::on(const RecordedEvent& recorded, const NodeUncordoned&) {
  if (const auto index = find_node_of(recorded); index != Fleet::none)
    fleet_.set_cordoned(index, false);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuRegistered&) {
  if (!is_on_a_known_node(recorded)) return;
  const auto place = place_of(stream_id(recorded.stream));
  fleet_.set_registered(place.node, GpuMask{1} << place.gpu);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuClaimed& event) {
  const auto place = place_of(stream_id(recorded.stream));
  const auto number = leases_.at(event.lease_id);
  fence_seen_ = std::max(fence_seen_, event.fence);
  fence_max_ = std::max(fence_max_, event.fence);
  fleet_.set_fence(place.node, place.gpu, event.fence);
  fleet_.set_suspect(place.node, GpuMask{1} << place.gpu, false);
  set_claimant(place, number);
  leases_[number].causation = recorded.position;
  leases_[number].correlation = recorded.origin.correlation;
  if (resumed_) note_claimed(number, place, event.fence);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuReleased&) {
  const auto place = place_of(stream_id(recorded.stream));
  const auto bit = GpuMask{1} << place.gpu;
  fleet_.set_suspect(place.node, bit, false);
  const auto holder = fleet_.node(place.node).gpus[place.gpu].holder;
  const auto claimant = fleet_.node(place.node).gpus[place.gpu].claimant;
  set_claimant(place, Fleet::none);
  // Somebody else gave back what the plan had claimed.
  if (holder == claimant && holder != Fleet::none && is_claiming(holder) &&
      (leases_[holder].claimed & bit) != 0)
    plan_again(holder, cause_of(recorded));
}

void Placement::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  if (!is_on_a_known_node(recorded)) return;
  const auto place = place_of(stream_id(recorded.stream));
  const auto bit = GpuMask{1} << place.gpu;
  fleet_.set_faulty(place.node, bit, true);
  fleet_.set_suspect(place.node, bit, false);
  const auto holder = fleet_.node(place.node).gpus[place.gpu].holder;
  if (holder != Fleet::none && is_claiming(holder)) plan_again(holder, cause_of(recorded));
}

void Placement::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  if (!is_on_a_known_node(recorded)) return;
  const auto place = place_of(stream_id(recorded.stream));
  fleet_.set_faulty(place.node, GpuMask{1} << place.gpu, false);
  fleet_.set_suspect(place.node, GpuMask{1} << place.gpu, false);
}

void Placement::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  const auto number = leases_.at(stream_id(recorded.stream));
  auto& lease = leases_[number];
  lease.phase = Phase::waiting;
  lease.when_full = event.when_full;
  lease.line = lines_.at(fleet_, event.cluster, event.gpu_model, event.gpu_count);
  lease.demand = {event.gpu_count, event.cpu_count, event.memory_mib};
  if (!event.node_id.empty()) {
    const auto node = fleet_.find_node(event.node_id);
    lease.wanted_node = node == Fleet::none ? Fleet::nowhere : node;
  }
  lease.is_used_already = stream_aggregate(event.holder) == SlurmCluster::stream_prefix;
  lease.requested_at = recorded.position;
  lease.causation = recorded.position;
  lease.correlation = recorded.origin.correlation;
  if (!event.gang.id.empty()) return join_gang(number, event.gang);
  if (resumed_) arrivals_.push_back({.lease = number});
}

void Placement::State::on(const RecordedEvent& recorded, const LeaseQueued&) {
  leases_[leases_.at(stream_id(recorded.stream))].queued = true;
}

void Placement::State::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  const auto number = leases_.at(stream_id(recorded.stream));
  const auto node = fleet_.find_node(event.node_id);
  assert(node != Fleet::none);
  GpuMask gpus = 0;
  for (const auto index : event.gpu_indices) gpus |= GpuMask{1} << index;
  fence_seen_ = std::max(fence_seen_, event.fence);
  fence_max_ = std::max(fence_max_, event.fence);

  auto& lease = leases_[number];
  lease.causation = recorded.position;
  lease.correlation = recorded.origin.correlation;
  if (lease.phase != Phase::planned || lease.node != node || lease.gpus != gpus) {
    if (lease.phase == Phase::planned) give_back(number, cause_of(recorded));
    hold(number, node, gpus, event.fence);
  }
  lease.phase = Phase::granted;
  settle_gang(lease.gang);
  if (fleet_.node(node).ready) return;
  lease.must_expire = true;
  owe(To<Lease>{*lease.id, Lease::Expire{std::string(node_lost)}}, cause_of(recorded));
}

void Placement::State::on(const RecordedEvent& recorded, const LeaseRefused&) { end(recorded); }
void Placement::State::on(const RecordedEvent& recorded, const LeaseReleased&) { end(recorded); }
void Placement::State::on(const RecordedEvent& recorded, const LeaseExpired&) { end(recorded); }

void Placement::State::end(const RecordedEvent& recorded) {
  const auto number = leases_.at(stream_id(recorded.stream));
  auto& lease = leases_[number];
  const bool was_claiming = is_claiming(number);
  lease.causation = recorded.position;
  lease.correlation = recorded.origin.correlation;
  if (lease.is_on_a_node()) give_back(number, cause_of(recorded));
  if (lease.gang != Fleet::none) {
    leave_gang(number, was_claiming);
  } else if (lease.line != Fleet::none) {
    withdraw({.lease = number});
  }
  lease.phase = Phase::ended;
  if (lease.claim_count == 0) leases_.forget(number);
}

void Placement::State::withdraw(Party party) {
  auto& line = line_of(party);
  // Where the head gave up, those behind it may fit.
  if (line.parties.erase(place_of(party)) != 0) fleet_.set_grown(line.kind.cluster, true);
}

void Placement::State::set_claimant(GpuPlace place, std::uint32_t lease) {
  const auto before = fleet_.node(place.node).gpus[place.gpu].claimant;
  if (lease != Fleet::none) ++leases_[lease].claim_count;
  fleet_.set_claimant(place.node, place.gpu, lease);
  if (before == Fleet::none) return;
  auto& past = leases_[before];
  if (--past.claim_count == 0 && past.phase == Phase::ended) leases_.forget(before);
}

std::vector<std::uint32_t> Placement::State::tenants_of(std::uint32_t index) const {
  const auto& node = fleet_.node(index);
  auto tenants = node.bare_leases;
  for_each_gpu(node.held, [&](std::uint32_t gpu) { tenants.push_back(node.gpus[gpu].holder); });
  std::sort(tenants.begin(), tenants.end(), [this](std::uint32_t a, std::uint32_t b) {
    return leases_[a].requested_at < leases_[b].requested_at;
  });
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  return tenants;
}

std::uint32_t Placement::State::find_node_of(const RecordedEvent& recorded) const {
  return fleet_.find_node(stream_id(recorded.stream));
}

bool Placement::State::is_on_a_known_node(const RecordedEvent& recorded) const {
  const auto gpu_id = stream_id(recorded.stream);
  return fleet_.find_node(gpu_id.substr(0, gpu_id.rfind(':'))) != Fleet::none;
}

Placement::State::GpuPlace Placement::State::place_of(std::string_view gpu_id) const {
  const auto colon = gpu_id.rfind(':');
  assert(colon != std::string_view::npos);
  GpuPlace place{fleet_.find_node(gpu_id.substr(0, colon)), 0};
  std::from_chars(gpu_id.data() + colon + 1, gpu_id.data() + gpu_id.size(), place.gpu);
  assert(place.node != Fleet::none && place.gpu < Node::gpu_count_max);
  return place;
}

}  // namespace orrery
