#include "actors/processes/vm_holdings.hpp"

#include <algorithm>

namespace orrery {
namespace {

using Phase = VmRecord::Phase;
using LeasePhase = VmRecord::LeasePhase;

bool holds_nothing(const VmRecord& vm) {
  return vm.phase == Phase::unknown || vm.phase == Phase::failed || vm.phase == Phase::deleted;
}

/// A disk that the first operation gives back: it is to be detached, or was attached in vain.
bool is_surplus(const VmRecord& vm, const VmRecord::HeldDisk& disk) {
  if (const auto* detach = first_goal<DetachDisks>(vm))
    return std::count(detach->disk_ids.begin(), detach->disk_ids.end(), disk.attachment.disk_id) !=
           0;
  return is_set(vm.obstacle) && disk.provisional && first_goal<AttachDisks>(vm) != nullptr;
}

}  // namespace

bool has_lease(const VmRecord& vm) {
  return vm.lease == LeasePhase::requested || vm.lease == LeasePhase::granted;
}

bool lost_its_gpus(const VmRecord& vm) {
  return vm.trouble != VmRecord::Trouble::none || vm.lease == LeasePhase::refused ||
         vm.lease == LeasePhase::ended;
}

const DiskAttachment* missing_disk(const VmRecord& vm, const std::vector<DiskAttachment>& wanted) {
  const auto missing = std::find_if(wanted.begin(), wanted.end(), [&](const DiskAttachment& disk) {
    return std::none_of(vm.disks.begin(), vm.disks.end(),
                        [&](const VmRecord::HeldDisk& held) { return held.attachment == disk; });
  });
  return missing == wanted.end() ? nullptr : &*missing;
}

const DiskAttachment* disk_to_attach(const VmRecord& vm) {
  if (vm.phase == Phase::waiting) return missing_disk(vm, vm.first_disks);
  const auto* attach = first_goal<AttachDisks>(vm);
  return attach == nullptr ? nullptr : missing_disk(vm, attach->disks);
}

const DiskAttachment* surplus_disk(const VmRecord& vm) {
  const auto surplus = std::find_if(
      vm.disks.begin(), vm.disks.end(),
      [&](const VmRecord::HeldDisk& disk) { return holds_nothing(vm) || is_surplus(vm, disk); });
  return surplus == vm.disks.end() ? nullptr : &surplus->attachment;
}

bool has_place_in(const VmRecord& vm, const std::string& reservation_id) {
  return std::count(vm.places.begin(), vm.places.end(), reservation_id) != 0;
}

std::string place_to_take(const VmRecord& vm) {
  if (vm.phase == Phase::waiting)
    return has_place_in(vm, vm.shape.reservation_id) ? std::string{} : vm.shape.reservation_id;
  const auto* reserve = first_goal<ReserveVm>(vm);
  return reserve == nullptr || has_place_in(vm, reserve->reservation_id) ? std::string{}
                                                                         : reserve->reservation_id;
}

const std::string* surplus_place(const VmRecord& vm) {
  const auto* reserve = first_goal<ReserveVm>(vm);
  const auto surplus = std::find_if(vm.places.begin(), vm.places.end(), [&](const auto& place) {
    if (holds_nothing(vm)) return true;
    return place != vm.shape.reservation_id &&
           (reserve == nullptr || place != reserve->reservation_id);
  });
  return surplus == vm.places.end() ? nullptr : &*surplus;
}

}  // namespace orrery
