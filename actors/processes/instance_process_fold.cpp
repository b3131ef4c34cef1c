#include <algorithm>

#include "actors/processes/instance_holdings.hpp"
#include "actors/processes/instance_process_state.hpp"
#include "events/stream_name.hpp"

namespace orrery {

using Phase = InstanceRecord::Phase;
using Trouble = InstanceRecord::Trouble;
using HeldVolume = InstanceRecord::Volume;

void InstanceProcess::State::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

// Records and what finds them.

void InstanceProcess::State::note_volume_owed(InstanceRecord& instance) {
  if (!may_make_volumes(instance)) return;
  const auto* next = volume_to_create(instance);
  for (auto& volume : instance.volumes)
    if (&volume == next) volume.was_owed = true;
}

void InstanceProcess::State::note(const std::string& id, InstanceRecord& instance) {
  if (!resumed_ || std::exchange(instance.noted, true)) return;
  noted_.push_back(id);
}

void InstanceProcess::State::index(const std::string& id, const InstanceRecord& instance) {
  if (!instance.order_id.empty()) instance_of_order_.emplace(instance.order_id, id);
  for (const auto& order : instance.surplus_orders) instance_of_order_.emplace(order.order_id, id);
  for (const auto& volume : instance.volumes)
    if (volume.mount.is_new) instance_of_volume_.emplace(volume.mount.volume_id, id);
  for (auto& node : nodes_of(instance)) places_.emplace(std::move(node), id);
}

void InstanceProcess::State::adopt(const std::string& id, InstanceRecord& instance,
                                   const std::string& order_id,
                                   const InstanceSpecification& specification) {
  instance.order_id = order_id;
  instance.specification = specification;
  for (const auto& mount : specification.volumes)
    instance.volumes.push_back(
        {mount, mount.is_new ? HeldVolume::Phase::missing : HeldVolume::Phase::kept});
  index(id, instance);
}

void InstanceProcess::State::forget(std::string id) {
  const auto found = instances_.find(id);
  const auto instance = std::move(found->second);
  const auto drop = [&](auto& index, const std::string& key) {
    if (const auto entry = index.find(key); entry != index.end() && entry->second == id)
      index.erase(entry);
  };
  for (auto& node : nodes_of(instance)) places_.erase({std::move(node), id});
  drop(instance_of_order_, instance.order_id);
  for (const auto& volume : instance.volumes) drop(instance_of_volume_, volume.mount.volume_id);
  instances_.erase(found);
}

std::string InstanceProcess::State::maker_of(std::string_view volume_id) const {
  const auto found = instance_of_volume_.find(volume_id);
  return found == instance_of_volume_.end() ? std::string{} : found->second;
}

std::vector<std::string> InstanceProcess::State::ids_on(std::string_view node_id) const {
  std::vector<std::string> ids;
  for (auto place = places_.lower_bound({std::string(node_id), ""});
       place != places_.end() && place->first == node_id; ++place)
    ids.push_back(place->second);
  return ids;
}

// The instance itself.

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceRequested& event) {
  instances_.try_emplace(std::string(stream_id(recorded.stream)));
  enter(recorded, Phase::waiting, [&](InstanceRecord& instance) {
    if (!instance.order_id.empty()) return;
    adopt(std::string(stream_id(recorded.stream)), instance, event.order_id, event.specification);
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstancePlaced& event) {
  enter(recorded, Phase::placed, [&](InstanceRecord& instance) {
    instance.placed_number = number_of_lease(event.lease_id);
    instance.node_id = event.node_id;
    instance.gpu_indices = event.gpu_indices;
    instance.fence = event.fence;
    instance.placed_on = event.node_id;
    instance.cut_off_on.clear();  // A start ends what runs with an older fence.
    if (lost_nodes_.contains(event.node_id)) lose_node(instance, event.node_id);
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceStarted&) {
  enter(recorded, Phase::running, [](InstanceRecord& instance) { instance.has_run = true; });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceStopRequested&) {
  enter(recorded, Phase::stopping, [](InstanceRecord&) {});
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceSnapshotTaken& event) {
  update(stream_id(recorded.stream), recorded, [&](InstanceRecord& instance) {
    const auto& known = instance.image_ids;
    if (std::find(known.begin(), known.end(), event.snapshot.image_id) == known.end())
      instance.snapshots.push_back({event});
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceStopped&) {
  enter(recorded, Phase::stopped, [](InstanceRecord& instance) {
    instance.placed_on.clear();
    give_up_lease(instance);
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceStartRequested&) {
  enter(recorded, Phase::waiting, [](InstanceRecord&) {});
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceInterrupted&) {
  enter(recorded, Phase::waiting, [](InstanceRecord& instance) {
    cut_off(instance);
    give_up_lease(instance);
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceFailed&) {
  enter(recorded, Phase::failed, [](InstanceRecord& instance) {
    cut_off(instance);
    give_up_lease(instance);
  });
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceDeletionRequested&) {
  enter(recorded, Phase::deleting, [](InstanceRecord&) {});
}

void InstanceProcess::State::on(const RecordedEvent& recorded, const InstanceDeleted&) {
  enter(recorded, Phase::deleted, [](InstanceRecord& instance) {
    instance.placed_on.clear();
    instance.cut_off_on.clear();
    give_up_lease(instance);
  });
}

}  // namespace orrery
