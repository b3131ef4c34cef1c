#include "actors/processes/vm_holdings.hpp"
#include "actors/runtime/decision.hpp"

namespace orrery {
namespace {

using Phase = VmRecord::Phase;

/// What a goal owes while the VM runs, and while it is stopped: a row each.
VmStep owed_for(const VmRecord& vm, VmStep running, VmStep stopped) {
  return vm.phase == Phase::running ? running : stopped;
}

VmStep step_towards(const VmRecord& vm, const PowerOnVm&) {
  const auto start = is_set(vm.operation_failure) ? VmStep::fail_operation : VmStep::start_vm;
  return owed_for(vm, VmStep::succeed_operation, start);
}

VmStep step_towards(const VmRecord& vm, const PowerOffVm&) {
  return owed_for(vm, VmStep::stop_vm, VmStep::succeed_operation);
}

VmStep step_towards(const VmRecord& vm, const ResetVm&) {
  const auto reset = vm.operation_done ? VmStep::succeed_operation : VmStep::reset_vm;
  return owed_for(vm, reset, VmStep::fail_operation);
}

VmStep step_towards(const VmRecord& vm, const ResizeVm& goal) {
  if (goal.type == vm.shape.type) return VmStep::succeed_operation;
  if (!vm.shape.reservation_id.empty()) return VmStep::fail_operation;
  return owed_for(vm, VmStep::fail_operation, VmStep::resize_vm);
}

VmStep step_towards(const VmRecord& vm, const ChangeVmNetwork& goal) {
  const bool is_same =
      goal.subnet_id == vm.shape.subnet_id && goal.public_address == vm.shape.public_address;
  if (is_same) return VmStep::succeed_operation;
  return owed_for(vm, VmStep::change_network, VmStep::fail_operation);
}

VmStep step_towards(const VmRecord& vm, const ReserveVm& goal) {
  if (vm.shape.reservation_id == goal.reservation_id) return VmStep::succeed_operation;
  if (!vm.shape.reservation_id.empty()) return VmStep::fail_operation;
  return place_to_take(vm).empty() ? VmStep::reserve_vm : VmStep::take_place;
}

VmStep step_towards(const VmRecord& vm, const UnreserveVm&) {
  return vm.shape.reservation_id.empty() ? VmStep::succeed_operation : VmStep::unreserve_vm;
}

VmStep step_towards(const VmRecord& vm, const AttachDisks&) {
  return disk_to_attach(vm) == nullptr ? VmStep::succeed_operation : VmStep::attach_disk;
}

VmStep step_towards(const VmRecord& vm, const DetachDisks&) {
  return surplus_disk(vm) == nullptr ? VmStep::succeed_operation : VmStep::detach_disk;
}

// Why a goal fails that nobody refused: it doesn't fit what the VM is.

Failure misfit(const VmRecord&, const ReserveVm&) {
  return {"vm_reserved", "The VM has a place in another reservation."};
}

Failure misfit(const VmRecord& vm, const ResizeVm&) {
  if (!vm.shape.reservation_id.empty())
    return {"vm_reserved", "The VM has a place in a reservation for its type."};
  return {"vm_not_stopped", "Only a VM that is stopped can be given another type."};
}

Failure misfit(const VmRecord&, const auto&) { return {"vm_not_running", "The VM isn't running."}; }

}  // namespace

VmStep step_for_operation(const VmRecord& vm) {
  if (surplus_place(vm) != nullptr) return VmStep::give_place_back;
  if (vm.operations.empty()) return VmStep::nothing;
  if (is_set(vm.obstacle))
    return surplus_disk(vm) == nullptr ? VmStep::fail_operation : VmStep::detach_disk;
  return std::visit([&](const auto& goal) { return step_towards(vm, goal); },
                    vm.operations.front().goal);
}

Failure failure_of_operation(const VmRecord& vm) {
  switch (vm.phase) {
    case Phase::unknown:
      return {"vm_not_found", "There is no such VM."};
    case Phase::failed:
      return vm.vm_failure;
    case Phase::deleting:
    case Phase::deleted:
      return {"cancelled", "The VM was deleted meanwhile."};
    default:
      break;
  }
  if (is_set(vm.obstacle)) return vm.obstacle;
  if (is_set(vm.operation_failure)) return vm.operation_failure;
  return std::visit([&](const auto& goal) { return misfit(vm, goal); }, vm.operations.front().goal);
}

}  // namespace orrery
