#include "sim/checkers/holdings_of_the_living.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void HoldingsOfTheLiving::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto& stream = recorded.stream;
  if (std::holds_alternative<VmRequested>(event)) {
    living_vms_.emplace(stream_id(stream));
  } else if (std::holds_alternative<VmFailed>(event) || std::holds_alternative<VmDeleted>(event)) {
    living_vms_.erase(std::string(stream_id(stream)));
  } else if (const auto* disk = std::get_if<DiskCreated>(&event)) {
    disks_[stream].type = disk->specification.type;
  } else if (const auto* attachment = std::get_if<DiskAttached>(&event)) {
    attached(recorded, *attachment);
  } else if (const auto* detached = std::get_if<DiskDetached>(&event)) {
    if (disks_[stream].attachments.erase(detached->vm_id) == 0)
      violated(recorded.position, stream + " is detached from " + detached->vm_id + " in vain");
  } else if (const auto* reservation = std::get_if<ReservationDeclared>(&event)) {
    reservations_[stream].vm_count = reservation->vm_count;
  } else if (const auto* place = std::get_if<ReservationTaken>(&event)) {
    taken(recorded, *place);
  } else if (const auto* back = std::get_if<ReservationGivenBack>(&event)) {
    if (reservations_[stream].vm_ids.erase(back->vm_id) == 0)
      violated(recorded.position, stream + " gets a place back that " + back->vm_id + " hasn't");
  }
  on_instance(recorded);
  on_volume(recorded);
}

void HoldingsOfTheLiving::on_instance(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (const auto* order = std::get_if<OrderPlaced>(&event)) {
    for (const auto& volume : order->specification.volumes)
      if (volume.is_new) wished_for_.emplace("volume/" + volume.volume_id, order->instance_id);
  } else if (std::holds_alternative<InstanceRequested>(event)) {
    living_instances_.insert(id);
  } else if (std::holds_alternative<InstanceStarted>(event)) {
    instances_that_ran_.insert(id);
  } else if (std::holds_alternative<InstanceFailed>(event) ||
             std::holds_alternative<InstanceDeleted>(event)) {
    living_instances_.erase(id);
  }
}

void HoldingsOfTheLiving::on_volume(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto& stream = recorded.stream;
  if (std::holds_alternative<VolumeCreated>(event)) {
    volumes_[stream].only_of = wished_for_[stream];
  } else if (const auto* mounted = std::get_if<VolumeMounted>(&event)) {
    auto& volume = volumes_[stream];
    volume.instance_ids.insert(mounted->instance_id);
    if (volume.only_of != mounted->instance_id) volume.only_of.clear();
  } else if (const auto* unmounted = std::get_if<VolumeUnmounted>(&event)) {
    volumes_[stream].instance_ids.erase(unmounted->instance_id);
  } else if (std::holds_alternative<VolumeDeleted>(event)) {
    if (!volumes_[stream].instance_ids.empty())
      violated(recorded.position, stream + " is deleted, and mounted");
    volumes_.erase(stream);
  }
}

void HoldingsOfTheLiving::attached(const RecordedEvent& recorded, const DiskAttached& attached) {
  auto& disk = disks_[recorded.stream];
  if (!disk.attachments.emplace(attached.vm_id, attached.mode).second)
    violated(recorded.position, recorded.stream + " is attached to " + attached.vm_id + " twice");
  if (disk.type == DiskType::shared_volume || disk.attachments.size() == 1) return;
  for (const auto& [vm_id, mode] : disk.attachments)
    if (mode == DiskMode::read_write)
      violated(recorded.position, recorded.stream + " is " + vm_id + "'s to write, and others'");
}

void HoldingsOfTheLiving::taken(const RecordedEvent& recorded, const ReservationTaken& taken) {
  auto& reservation = reservations_[recorded.stream];
  reservation.vm_ids.insert(taken.vm_id);
  if (reservation.vm_ids.size() > reservation.vm_count)
    violated(recorded.position, recorded.stream + " has more VMs than places");
}

void HoldingsOfTheLiving::at_rest() {
  for (const auto& [stream, disk] : disks_)
    for (const auto& [vm_id, mode] : disk.attachments)
      if (living_vms_.count(vm_id) == 0)
        violated(0, stream + " is attached to " + vm_id + ", which is gone");
  for (const auto& [stream, reservation] : reservations_)
    for (const auto& vm_id : reservation.vm_ids)
      if (living_vms_.count(vm_id) == 0)
        violated(0, stream + " has a place for " + vm_id + ", which is gone");
  for (const auto& [stream, volume] : volumes_) {
    for (const auto& instance_id : volume.instance_ids)
      if (living_instances_.count(instance_id) == 0)
        violated(0, stream + " is mounted by " + instance_id + ", which is gone");
    if (!volume.only_of.empty() && living_instances_.count(volume.only_of) == 0 &&
        instances_that_ran_.count(volume.only_of) == 0)
      violated(0, stream + " was made for " + volume.only_of + ", which never ran");
  }
}

}  // namespace orrery
