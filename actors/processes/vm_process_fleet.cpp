#include <algorithm>
#include <charconv>

#include "actors/gpu/gpu.hpp"
#include "actors/processes/vm_holdings.hpp"
#include "actors/processes/vm_process_state.hpp"
#include "events/stream_name.hpp"

namespace orrery {

using Phase = VmRecord::Phase;
using LeasePhase = VmRecord::LeasePhase;
using Trouble = VmRecord::Trouble;

namespace {

/// "<vm id>.<number>" is the lease that the process asked for: the VM's first, second …
std::string_view vm_of_lease(std::string_view lease_stream) {
  const auto lease = stream_id(lease_stream);
  return lease.substr(0, lease.rfind('.'));
}

std::uint32_t number_of_lease(std::string_view lease_stream) {
  const auto lease = stream_id(lease_stream);
  std::uint32_t number = 1;
  (void)std::from_chars(lease.data() + lease.rfind('.') + 1, lease.data() + lease.size(), number);
  return number;
}

/// The same step may be owed again for the next disk or place.
void answered(VmRecord& vm, VmStep step) {
  if (vm.asked == step) vm.asked = VmStep::nothing;
}

}  // namespace

void VmProcess::State::on(const RecordedEvent& recorded, const ClusterDeclared& event) {
  when_full_.insert_or_assign(std::string(stream_id(recorded.stream)), event.when_full);
}

void VmProcess::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  const auto found = lost_nodes_.find(stream_id(recorded.stream));
  if (found != lost_nodes_.end()) lost_nodes_.erase(found);
}

void VmProcess::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto node_id = stream_id(recorded.stream);
  lost_nodes_.emplace(node_id);
  for (const auto& vm_id : vm_ids_on(node_id))
    update(vm_id, recorded, [](VmRecord& vm) { vm.trouble = Trouble::node_lost; });
}

void VmProcess::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  const auto id = stream_id(recorded.stream);
  const auto node_id = id.substr(0, id.rfind(':'));
  faulty_gpus_.emplace(id);
  for (const auto& vm_id : vm_ids_on(node_id))
    update(vm_id, recorded, [&](VmRecord& vm) {
      const bool is_hit =
          std::any_of(vm.gpu_indices.begin(), vm.gpu_indices.end(),
                      [&](std::uint32_t gpu) { return gpu_id(node_id, gpu) == id; });
      if (is_hit && vm.trouble == Trouble::none) vm.trouble = Trouble::gpu_fault;
    });
}

void VmProcess::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  const auto found = faulty_gpus_.find(stream_id(recorded.stream));
  if (found != faulty_gpus_.end()) faulty_gpus_.erase(found);
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  if (stream_aggregate(event.holder) != Vm::stream_prefix) return;
  // A VM may have been deleted, and forgotten, while its request was under way: then the record
  // made here lives until the lease is given back. So it is with disks and reservations.
  const auto vm_id = stream_id(event.holder);
  create(vm_id);
  update(vm_id, recorded, [&](VmRecord& vm) {
    vm.lease = LeasePhase::requested;
    vm.lease_number = number_of_lease(recorded.stream);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  const auto vm_id = vm_of_lease(recorded.stream);
  update(vm_id, recorded, [&](VmRecord& vm) {
    vm.lease = LeasePhase::granted;
    vm.node_id = event.node_id;
    vm.gpu_indices = event.gpu_indices;
    vm.fence = event.fence;
    grants_.emplace(event.node_id, vm_id);
    if (lost_nodes_.count(event.node_id) != 0) vm.trouble = Trouble::node_lost;
    for (const auto gpu : event.gpu_indices)
      if (vm.trouble == Trouble::none && faulty_gpus_.count(gpu_id(event.node_id, gpu)) != 0)
        vm.trouble = Trouble::gpu_fault;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseRefused& event) {
  const bool fits_nowhere = event.reason == "larger_than_any_node";
  end_lease(
      recorded, LeasePhase::refused,
      {"out_of_stock", fits_nowhere ? "No node of the location has as many GPUs of this type."
                                    : "The location has no free capacity for this type now."});
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseReleased&) {
  end_lease(recorded, LeasePhase::ended, {"lease_released", "The VM's GPUs were given back."});
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseExpired& event) {
  end_lease(recorded, LeasePhase::ended, {event.reason, "The VM's GPUs were taken from it."});
}

void VmProcess::State::end_lease(const RecordedEvent& recorded, LeasePhase phase, Failure failure) {
  const auto vm_id = vm_of_lease(recorded.stream);
  update(vm_id, recorded, [&](VmRecord& vm) {
    grants_.erase({vm.node_id, std::string(vm_id)});
    vm.lease = phase;
    vm.lease_failure = std::move(failure);
  });
}

void VmProcess::State::wake_for(const RecordedEvent& recorded) {
  const auto [first, last] = waiting_for_network_.equal_range(stream_id(recorded.stream));
  for (auto waiting = first; waiting != last; ++waiting)
    if (const auto vm = vms_.find(waiting->second); vm != vms_.end()) note(vm->first, vm->second);
  waiting_for_network_.erase(first, last);
}

void VmProcess::State::on(const RecordedEvent& recorded, const DiskAttached& event) {
  const std::string disk_id(stream_id(recorded.stream));
  create(event.vm_id);
  update(event.vm_id, recorded, [&](VmRecord& vm) {
    const bool provisional = first_goal<AttachDisks>(vm) != nullptr;
    std::erase_if(vm.disks, [&](const auto& held) { return held.attachment.disk_id == disk_id; });
    vm.disks.push_back({{disk_id, event.mode}, provisional});
    answered(vm, VmStep::attach_disk);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const DiskDetached& event) {
  const auto disk_id = stream_id(recorded.stream);
  update(event.vm_id, recorded, [&](VmRecord& vm) {
    std::erase_if(vm.disks, [&](const auto& held) { return held.attachment.disk_id == disk_id; });
    answered(vm, VmStep::detach_disk);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const ReservationTaken& event) {
  const std::string reservation_id(stream_id(recorded.stream));
  create(event.vm_id);
  update(event.vm_id, recorded, [&](VmRecord& vm) {
    if (!has_place_in(vm, reservation_id)) vm.places.push_back(reservation_id);
    answered(vm, VmStep::take_place);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const ReservationGivenBack& event) {
  update(event.vm_id, recorded, [&](VmRecord& vm) {
    std::erase(vm.places, stream_id(recorded.stream));
    answered(vm, VmStep::give_place_back);
  });
}

std::vector<std::string> VmProcess::State::vm_ids_on(std::string_view node_id) const {
  std::vector<std::string> vm_ids;
  for (auto grant = grants_.lower_bound({std::string(node_id), ""});
       grant != grants_.end() && grant->first == node_id; ++grant)
    vm_ids.push_back(grant->second);
  return vm_ids;
}

}  // namespace orrery
