#include "projections/vms/data_disks.hpp"

#include <algorithm>
#include <utility>

#include "events/stream_name.hpp"

namespace orrery {

template <class What>
DataDisks::VmIds DataDisks::change(const RecordedEvent& recorded, const What& what) {
  const auto found = disks_.find(stream_id(recorded.stream));
  if (found == disks_.end()) return {};
  auto& disk = found->second;
  what(disk);
  disk.updated_at = recorded.time;
  VmIds ids;
  for (const auto& user : disk.users) ids.push_back(user.vm_id);
  return ids;
}

DataDisks::VmIds DataDisks::fold(const DiskCreated& created, const RecordedEvent& recorded) {
  Disk disk{created.specification, created.serial_number, recorded.time, recorded.time, {}};
  disks_.insert_or_assign(std::string(stream_id(recorded.stream)), std::move(disk));
  return {};
}

DataDisks::VmIds DataDisks::fold(const DiskResized& resized, const RecordedEvent& recorded) {
  return change(recorded, [&](Disk& disk) { disk.specification.size_gib = resized.size_gib; });
}

DataDisks::VmIds DataDisks::fold(const DiskAttached& attached, const RecordedEvent& recorded) {
  return change(recorded, [&](Disk& disk) {
    disk.users.push_back({attached.vm_id, attached.mode});
  });
}

DataDisks::VmIds DataDisks::fold(const DiskDetached& detached, const RecordedEvent& recorded) {
  auto ids = change(recorded, [&](Disk& disk) {
    std::erase_if(disk.users, [&](const User& user) { return user.vm_id == detached.vm_id; });
  });
  ids.push_back(detached.vm_id);
  return ids;
}

DataDisks::VmIds DataDisks::fold(const DiskDeleted&, const RecordedEvent& recorded) {
  const auto found = disks_.find(stream_id(recorded.stream));
  if (found != disks_.end()) disks_.erase(found);
  return {};  // It was attached to nothing.
}

std::vector<AttachedDisk> DataDisks::with_disk(std::vector<AttachedDisk> before,
                                               std::string_view disk_id,
                                               std::string_view vm_id) const {
  const auto place = std::ranges::find(before, disk_id, &AttachedDisk::id);
  const auto found = disks_.find(disk_id);
  const auto is_of_vm = [&](const User& user) { return user.vm_id == vm_id; };
  const bool attached = found != disks_.end() && std::ranges::any_of(found->second.users, is_of_vm);
  if (!attached) {
    if (place != before.end()) before.erase(place);
    return before;
  }
  const auto& [id, disk] = *found;
  const auto mode = std::ranges::find_if(disk.users, is_of_vm)->mode;
  AttachedDisk now{id,   disk.specification, disk.serial_number,
                   mode, disk.created_at,    disk.updated_at};
  if (place == before.end())
    before.push_back(std::move(now));
  else
    *place = std::move(now);
  return before;
}

}  // namespace orrery
