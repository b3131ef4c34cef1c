#include "actors/processes/instance_holdings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace orrery {
namespace {

using LeasePhase = InstanceRecord::LeasePhase;
using HeldVolume = InstanceRecord::Volume;

template <class Predicate>
const HeldVolume* find_volume(const InstanceRecord& instance, Predicate predicate) {
  const auto found = std::ranges::find_if(instance.volumes, predicate);
  return found == instance.volumes.end() ? nullptr : &*found;
}

bool exists(const HeldVolume& volume) {
  return volume.phase != HeldVolume::Phase::missing && volume.phase != HeldVolume::Phase::deleted;
}

/// Made for an instance that never ran, or maybe on its way.
bool is_in_vain(const InstanceRecord& instance, const HeldVolume& volume) {
  return !instance.has_run && volume.mount.is_new && !volume.is_shared &&
         (exists(volume) || (volume.phase == HeldVolume::Phase::missing && volume.was_owed));
}

}  // namespace

std::string lease_id(std::string_view instance_id, std::uint32_t number) {
  return std::string(instance_id) + "." + std::to_string(number);
}

std::string_view instance_of_lease(std::string_view lease_id) {
  return lease_id.substr(0, lease_id.rfind('.'));
}

std::uint32_t number_of_lease(std::string_view lease_id) {
  std::uint32_t number = 1;
  (void)std::from_chars(lease_id.data() + lease_id.rfind('.') + 1,
                        lease_id.data() + lease_id.size(), number);
  return number;
}

void give_up_lease(InstanceRecord& instance) {
  const bool is_open = instance.lease == LeasePhase::requested ||
                       instance.lease == LeasePhase::granted ||
                       instance.lease == LeasePhase::surplus;
  instance.lease = is_open ? LeasePhase::surplus : LeasePhase::none;
  instance.trouble = InstanceRecord::Trouble::none;
}

std::vector<std::string> nodes_of(const InstanceRecord& instance) {
  std::vector<std::string> nodes;
  if (instance.lease == LeasePhase::granted) nodes.push_back(instance.node_id);
  for (const auto& node : {instance.placed_on, instance.cut_off_on})
    if (!node.empty()) nodes.push_back(node);
  return nodes;
}

bool is_on(const InstanceRecord& instance, std::string_view node_id) {
  return instance.placed_on == node_id ||
         (instance.lease == LeasePhase::granted && instance.node_id == node_id);
}

void lose_node(InstanceRecord& instance, std::string_view node_id) {
  if (is_on(instance, node_id)) instance.trouble = InstanceRecord::Trouble::node_lost;
  if (instance.placed_on == node_id) instance.placed_on.clear();
  if (instance.cut_off_on == node_id) instance.cut_off_on.clear();
}

void cut_off(InstanceRecord& instance) {
  if (!instance.placed_on.empty()) instance.cut_off_on = std::exchange(instance.placed_on, {});
}

bool runs_nowhere(const InstanceRecord& instance) {
  return instance.placed_on.empty() && instance.cut_off_on.empty();
}

bool has_surplus_lease(const InstanceRecord& instance) {
  return instance.lease == LeasePhase::surplus;
}

bool lost_its_gpus(const InstanceRecord& instance) {
  return instance.trouble != InstanceRecord::Trouble::none ||
         instance.lease != LeasePhase::granted || instance.lease_number != instance.placed_number;
}

bool may_make_volumes(const InstanceRecord& instance) {
  return instance.phase == InstanceRecord::Phase::waiting &&
         instance.lease == LeasePhase::granted &&
         instance.trouble == InstanceRecord::Trouble::none && volume_to_mount(instance) == nullptr;
}

const HeldVolume* volume_to_mount(const InstanceRecord& instance) {
  return find_volume(
      instance, [](const HeldVolume& volume) { return volume.phase == HeldVolume::Phase::kept; });
}

const HeldVolume* volume_to_create(const InstanceRecord& instance) {
  return find_volume(instance, [](const HeldVolume& volume) {
    return volume.phase == HeldVolume::Phase::missing;
  });
}

const HeldVolume* volume_to_unmount(const InstanceRecord& instance) {
  return find_volume(instance, [](const HeldVolume& volume) {
    return volume.phase == HeldVolume::Phase::mounted;
  });
}

const HeldVolume* volume_to_delete(const InstanceRecord& instance) {
  return find_volume(instance, [&](const HeldVolume& volume) {
    return is_in_vain(instance, volume) && exists(volume) && !volume.refused;
  });
}

const HeldVolume* volume_to_finish(const InstanceRecord& instance) {
  return find_volume(instance, [&](const HeldVolume& volume) {
    return is_in_vain(instance, volume) && !exists(volume) && !volume.refused;
  });
}

bool leaves_no_volumes(const InstanceRecord& instance) {
  return std::ranges::none_of(instance.volumes, [&](const HeldVolume& volume) {
    return volume.phase == HeldVolume::Phase::mounted || is_in_vain(instance, volume);
  });
}

const InstanceRecord::Snapshot* snapshot_to_save(const InstanceRecord& instance) {
  const auto found =
      std::ranges::find(instance.snapshots, false, &InstanceRecord::Snapshot::refused);
  return found == instance.snapshots.end() ? nullptr : &*found;
}

}  // namespace orrery
