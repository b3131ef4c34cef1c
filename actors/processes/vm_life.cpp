#include "actors/processes/vm_holdings.hpp"

namespace orrery {
namespace {

using Phase = VmRecord::Phase;
using LeasePhase = VmRecord::LeasePhase;
using Trouble = VmRecord::Trouble;

VmStep step_to_hold_nothing(const VmRecord& vm) {
  if (has_lease(vm)) return VmStep::release_lease;
  if (surplus_disk(vm) != nullptr) return VmStep::detach_disk;
  return surplus_place(vm) != nullptr ? VmStep::give_place_back : VmStep::nothing;
}

VmStep step_while_unknown(const VmRecord& vm, bool creating, bool deleting) {
  if (creating) return is_set(vm.obstacle) ? VmStep::fail_create : VmStep::create_vm;
  if (!vm.operations.empty()) return VmStep::fail_operation;
  // Asked for before the VM was forgotten.
  if (const auto step = step_to_hold_nothing(vm); step != VmStep::nothing) return step;
  if (deleting) return is_set(vm.obstacle) ? VmStep::succeed_delete : VmStep::delete_vm;
  return VmStep::nothing;
}

VmStep step_while_waiting(const VmRecord& vm) {
  if (lost_its_gpus(vm) || is_set(vm.obstacle)) return VmStep::report_failed;
  if (!place_to_take(vm).empty()) return VmStep::take_place;
  if (disk_to_attach(vm) != nullptr) return VmStep::attach_disk;
  if (vm.lease == LeasePhase::none) return VmStep::request_lease;
  return vm.lease == LeasePhase::granted ? VmStep::place_vm : VmStep::nothing;
}

/// The VM is gone, or won't run again: whoever wants something else of it is told so.
VmStep step_after_the_end(const VmRecord& vm, bool creating, VmStep last) {
  if (const auto step = step_to_hold_nothing(vm); step != VmStep::nothing) return step;
  if (creating) return VmStep::fail_create;
  return vm.operations.empty() ? last : VmStep::fail_operation;
}

}  // namespace

VmStep owed_step(const VmRecord& vm) {
  const bool creating = !vm.create_operation.empty();
  const bool deleting = !vm.delete_operations.empty();
  if (!vm.surplus_operations.empty()) return VmStep::fail_surplus;
  switch (vm.phase) {
    case Phase::unknown:
      return step_while_unknown(vm, creating, deleting);
    case Phase::waiting:
      return deleting ? VmStep::delete_vm : step_while_waiting(vm);
    case Phase::placed:
    case Phase::resetting:
      if (deleting) return VmStep::delete_vm;
      return lost_its_gpus(vm) ? VmStep::report_failed : VmStep::nothing;  // The driver's turn.
    case Phase::running:
      if (creating) return VmStep::succeed_create;
      if (deleting) return VmStep::delete_vm;
      return lost_its_gpus(vm) ? VmStep::report_failed : step_for_operation(vm);
    case Phase::stopping:
      if (deleting) return VmStep::delete_vm;
      // On a lost node nothing runs, and no driver can say so.
      return vm.trouble == Trouble::node_lost ? VmStep::report_stopped : VmStep::nothing;
    case Phase::stopped:
      if (deleting) return VmStep::delete_vm;
      return has_lease(vm) ? VmStep::release_lease : step_for_operation(vm);
    case Phase::deleting:
      if (creating) return VmStep::fail_create;
      if (!vm.operations.empty()) return VmStep::fail_operation;
      if (vm.nothing_runs || vm.trouble == Trouble::node_lost) return VmStep::report_stopped;
      return VmStep::nothing;  // The driver's turn.
    case Phase::failed:
      return step_after_the_end(vm, creating, deleting ? VmStep::delete_vm : VmStep::nothing);
    case Phase::deleted:
      return step_after_the_end(vm, creating, deleting ? VmStep::succeed_delete : VmStep::nothing);
  }
  return VmStep::nothing;
}

bool is_finished(const VmRecord& vm) {
  const bool at_rest =
      vm.phase == Phase::unknown || vm.phase == Phase::failed || vm.phase == Phase::deleted;
  return at_rest && owed_step(vm) == VmStep::nothing;
}

Failure failure_of_vm(const VmRecord& vm) {
  switch (vm.trouble) {
    case Trouble::node_lost:
      return {"node_lost", "The node " + vm.node_id + " is lost."};
    case Trouble::gpu_fault:
      return {"gpu_fault", "A GPU of the VM on the node " + vm.node_id + " has a fault."};
    case Trouble::none:
      break;
  }
  return is_set(vm.obstacle) ? vm.obstacle : vm.lease_failure;
}

Failure failure_of_create(const VmRecord& vm) {
  if (vm.phase == Phase::failed) return vm.vm_failure;
  if (vm.phase == Phase::unknown) return vm.obstacle;
  return {"cancelled", "The VM was deleted before it ran."};
}

}  // namespace orrery
