#include <cassert>
#include <charconv>

#include "actors/placement/placement_state.hpp"
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

void Placement::State::on(const RecordedEvent& recorded, const NodeRegistered& event) {
  fleet_.add_node(stream_id(recorded.stream), event);
}

void Placement::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  fleet_.set_ready(node_of(recorded), true);
}

void Placement::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto index = node_of(recorded);
  fleet_.set_ready(index, false);
  const auto& node = fleet_.node(index);
  for_each_gpu(node.held, [&](std::uint32_t gpu) {
    // Every other GPU of the same lease finds it moved or marked already.
    const auto number = node.gpus[gpu].holder;
    if (number == Fleet::none) return;
    auto& lease = leases_[number];
    if (lease.is_claiming()) return plan_again(number, recorded.position);
    if (lease.phase == Phase::planned || std::exchange(lease.must_expire, true)) return;
    owe(To<Lease>{*lease.id, Lease::Expire{std::string(node_lost)}}, lease, recorded.position);
  });
}

void Placement::State::on(const RecordedEvent& recorded, const NodeCordoned&) {
  fleet_.set_cordoned(node_of(recorded), true);
}

void Placement::State::on(const RecordedEvent& recorded, const NodeUncordoned&) {
  fleet_.set_cordoned(node_of(recorded), false);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuRegistered&) {
  const auto place = place_of(stream_id(recorded.stream));
  fleet_.set_registered(place.node, GpuMask{1} << place.gpu);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuClaimed& event) {
  const auto place = place_of(stream_id(recorded.stream));
  const auto number = leases_.at(event.lease_id);
  fence_max_ = std::max(fence_max_, event.fence);
  fleet_.set_fence(place.node, place.gpu, event.fence);
  fleet_.set_suspect(place.node, GpuMask{1} << place.gpu, false);
  set_claimant(place, number);
  leases_[number].causation = recorded.position;
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
  if (holder == claimant && holder != Fleet::none && leases_[holder].is_claiming() &&
      (leases_[holder].claimed & bit) != 0)
    plan_again(holder, recorded.position);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  const auto place = place_of(stream_id(recorded.stream));
  const auto bit = GpuMask{1} << place.gpu;
  fleet_.set_faulty(place.node, bit, true);
  fleet_.set_suspect(place.node, bit, false);
  const auto holder = fleet_.node(place.node).gpus[place.gpu].holder;
  if (holder != Fleet::none && leases_[holder].is_claiming()) plan_again(holder, recorded.position);
}

void Placement::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  const auto place = place_of(stream_id(recorded.stream));
  fleet_.set_faulty(place.node, GpuMask{1} << place.gpu, false);
  fleet_.set_suspect(place.node, GpuMask{1} << place.gpu, false);
}

void Placement::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  const auto number = leases_.at(stream_id(recorded.stream));
  auto& lease = leases_[number];
  lease.phase = Phase::waiting;
  lease.when_full = event.when_full;
  lease.pool = fleet_.pool_of(event.cluster, event.gpu_model);
  lease.gpu_count = event.gpu_count;
  lease.requested_at = recorded.position;
  lease.causation = recorded.position;
  lease.correlation = recorded.origin.correlation;
  if (resumed_) arrivals_.push_back(number);
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
  fence_max_ = std::max(fence_max_, event.fence);

  auto& lease = leases_[number];
  lease.causation = recorded.position;
  if (lease.phase != Phase::planned || lease.node != node || lease.gpus != gpus) {
    if (lease.phase == Phase::planned) give_back(number, recorded.position);
    hold(number, node, gpus, event.fence);
  }
  lease.phase = Phase::granted;
  if (fleet_.node(node).ready) return;
  lease.must_expire = true;
  owe(To<Lease>{*lease.id, Lease::Expire{std::string(node_lost)}}, lease, recorded.position);
}

void Placement::State::on(const RecordedEvent& recorded, const LeaseRefused&) { end(recorded); }
void Placement::State::on(const RecordedEvent& recorded, const LeaseReleased&) { end(recorded); }
void Placement::State::on(const RecordedEvent& recorded, const LeaseExpired&) { end(recorded); }

void Placement::State::end(const RecordedEvent& recorded) {
  const auto number = leases_.at(stream_id(recorded.stream));
  auto& lease = leases_[number];
  if (lease.phase == Phase::planned || lease.phase == Phase::granted)
    give_back(number, recorded.position);
  // Where the head gave up, those behind it may fit.
  if (const auto queue = queues_.find(lease.pool); queue != queues_.end())
    if (queue->second.erase(lease.requested_at) != 0) fleet_.mark_grown(lease.pool);
  lease.phase = Phase::ended;
  if (lease.claim_count == 0) leases_.forget(number);
}

void Placement::State::set_claimant(GpuPlace place, std::uint32_t lease) {
  const auto before = fleet_.node(place.node).gpus[place.gpu].claimant;
  if (lease != Fleet::none) ++leases_[lease].claim_count;
  fleet_.set_claimant(place.node, place.gpu, lease);
  if (before == Fleet::none) return;
  auto& past = leases_[before];
  if (--past.claim_count == 0 && past.phase == Phase::ended) leases_.forget(before);
}

std::uint32_t Placement::State::node_of(const RecordedEvent& recorded) const {
  const auto node = fleet_.find_node(stream_id(recorded.stream));
  assert(node != Fleet::none);
  return node;
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
