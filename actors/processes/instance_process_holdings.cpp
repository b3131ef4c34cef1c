#include <algorithm>

#include "actors/gpu/gpu.hpp"
#include "actors/processes/instance_process_state.hpp"

namespace orrery {

using LeasePhase = InstanceRecord::LeasePhase;
using Phase = InstanceRecord::Phase;
using Trouble = InstanceRecord::Trouble;
using HeldVolume = InstanceRecord::Volume;

// The fleet and what is leased of it.

void InstanceProcess::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  const auto found = lost_nodes_.find(stream_id(recorded.stream));
  if (found != lost_nodes_.end()) lost_nodes_.erase(found);
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto node_id = stream_id(recorded.stream);
  lost_nodes_.emplace(node_id);
  for (const auto& id : ids_on(node_id))
    update(id, recorded, [&](InstanceRecord& instance) { lose_node(instance, node_id); });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  const auto gpu = stream_id(recorded.stream);
  const auto node_id = gpu.substr(0, gpu.rfind(':'));
  faulty_gpus_.emplace(gpu);
  for (const auto& id : ids_on(node_id))
    update(id, recorded, [&](InstanceRecord& instance) {
      const bool is_hit = is_on(instance, node_id) &&
                          std::ranges::any_of(instance.gpu_indices, [&](std::uint32_t index) {
                            return gpu_id(node_id, index) == gpu;
                          });
      if (is_hit && instance.trouble == Trouble::none) instance.trouble = Trouble::gpu_fault;
    });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  const auto found = faulty_gpus_.find(stream_id(recorded.stream));
  if (found != faulty_gpus_.end()) faulty_gpus_.erase(found);
}

/// One asked for before the instance was switched off or forgotten is given back.
void InstanceProcess::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  if (stream_aggregate(event.holder) != Instance::stream_prefix) return;
  const auto id = stream_id(event.holder);
  instances_.try_emplace(std::string(id));
  update(id, recorded, [&](InstanceRecord& instance) {
    const bool is_wanted = instance.phase == Phase::waiting;
    instance.lease = is_wanted ? LeasePhase::requested : LeasePhase::surplus;
    instance.lease_number = number_of_lease(stream_id(recorded.stream));
    instance.lease_failure = {};
    if (is_wanted) instance.trouble = Trouble::none;
    instance.asked = InstanceStep::nothing;
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  update(instance_of_lease(stream_id(recorded.stream)), recorded, [&](InstanceRecord& instance) {
    if (instance.lease != LeasePhase::requested) return;
    instance.lease = LeasePhase::granted;
    instance.node_id = event.node_id;
    instance.gpu_indices = event.gpu_indices;
    instance.fence = event.fence;
    if (lost_nodes_.contains(event.node_id)) instance.trouble = Trouble::node_lost;
    for (const auto gpu : event.gpu_indices)
      if (instance.trouble == Trouble::none && faulty_gpus_.contains(gpu_id(event.node_id, gpu)))
        instance.trouble = Trouble::gpu_fault;
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const LeaseRefused& event) {
  const bool fits_nowhere = event.reason == "larger_than_any_node";
  end_lease(recorded, LeasePhase::refused,
            {"out_of_stock", fits_nowhere ? "No node of the cluster has as many GPUs of this model."
                                          : "The cluster has no free GPUs of this model now."});
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const LeaseReleased&) {
  end_lease(recorded, LeasePhase::ended,
            {"lease_released", "The instance's GPUs were given back."});
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const LeaseExpired& event) {
  end_lease(recorded, LeasePhase::ended, {event.reason, "The instance's GPUs were taken from it."});
}

void InstanceProcess::State::end_lease(const RecordedEvent& recorded, LeasePhase phase,
                                       Failure failure) {
  update(instance_of_lease(stream_id(recorded.stream)), recorded, [&](InstanceRecord& instance) {
    instance.asked = InstanceStep::nothing;
    if (has_surplus_lease(instance)) phase = LeasePhase::none;
    instance.lease = phase;
    instance.lease_failure = std::move(failure);
  });
}

// Orders, volumes and images.

void InstanceProcess::State::on(const RecordedEvent& recorded, const OrderPlaced& event) {
  instance_of_order_.emplace(event.order_id, event.instance_id);
  instances_.try_emplace(event.instance_id);
  update(event.instance_id, recorded, [&](InstanceRecord& instance) {
    if (instance.phase != Phase::unknown) {
      instance.surplus_orders.push_back({event.order_id, event.specification.namespace_id});
      return;
    }
    instance.phase = Phase::ordered;
    adopt(event.instance_id, instance, event.order_id, event.specification);
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const OrderRefunded& event) {
  end_order(recorded, event.order_id);
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const OrderClosed& event) {
  end_order(recorded, event.order_id);
}

void InstanceProcess::State::end_order(const RecordedEvent& recorded, const std::string& order_id) {
  const auto found = instance_of_order_.find(order_id);
  if (found == instance_of_order_.end()) return;
  const auto id = found->second;
  instance_of_order_.erase(found);
  update(id, recorded, [&](InstanceRecord& instance) {
    instance.asked = InstanceStep::nothing;
    std::erase_if(instance.surplus_orders,
                  [&](const auto& order) { return order.order_id == order_id; });
    if (instance.order_id == order_id) instance.order_ended = true;
  });
}

template <class Change>
void InstanceProcess::State::update_volume(std::string_view instance_id,
                                           const RecordedEvent& recorded, Change change) {
  update(instance_id, recorded, [&](InstanceRecord& instance) {
    instance.asked = InstanceStep::nothing;
    for (auto& volume : instance.volumes)
      if (volume.mount.volume_id == stream_id(recorded.stream)) {
        volume.refused = false;
        change(volume);
      }
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const VolumeCreated&) {
  update_volume(maker_of(stream_id(recorded.stream)), recorded, [](HeldVolume& volume) {
    if (volume.phase == HeldVolume::Phase::missing) volume.phase = HeldVolume::Phase::kept;
  });
}

/// By one that was forgotten meanwhile, too: it is unmounted then.
void InstanceProcess::State::on(const RecordedEvent& recorded, const VolumeMounted& event) {
  auto& instance = instances_.try_emplace(event.instance_id).first->second;
  if (instance.phase == Phase::unknown)
    instance.volumes.push_back({{std::string(stream_id(recorded.stream)), {}, 0, false}});
  update_volume(event.instance_id, recorded,
                [](HeldVolume& volume) { volume.phase = HeldVolume::Phase::mounted; });
  const auto maker = maker_of(stream_id(recorded.stream));
  if (maker != event.instance_id)
    update_volume(maker, recorded, [](HeldVolume& volume) { volume.is_shared = true; });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const VolumeUnmounted& event) {
  update_volume(event.instance_id, recorded,
                [](HeldVolume& volume) { volume.phase = HeldVolume::Phase::unmounted; });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const VolumeDeleted&) {
  update_volume(maker_of(stream_id(recorded.stream)), recorded,
                [](HeldVolume& volume) { volume.phase = HeldVolume::Phase::deleted; });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const ContainerImageSaved& event) {
  const auto image_id = stream_id(recorded.stream);
  update(event.instance_id, recorded, [&](InstanceRecord& instance) {
    instance.asked = InstanceStep::nothing;
    instance.image_ids.emplace_back(image_id);
    std::erase_if(instance.snapshots, [&](const InstanceRecord::Snapshot& snapshot) {
      return snapshot.taken.snapshot.image_id == image_id;
    });
  });
}

}  // namespace orrery
