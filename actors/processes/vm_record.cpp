#include "actors/processes/vm_record.hpp"

namespace orrery {
namespace {

using Phase = VmRecord::Phase;
using LeasePhase = VmRecord::LeasePhase;
using Trouble = VmRecord::Trouble;

bool has_lease(const VmRecord& vm) {
  return vm.lease == LeasePhase::requested || vm.lease == LeasePhase::granted;
}

/// It had GPUs, or was to get some, and won't keep them.
bool lost_its_gpus(const VmRecord& vm) {
  return vm.trouble != Trouble::none || vm.lease == LeasePhase::refused ||
         vm.lease == LeasePhase::ended;
}

VmStep step_while_waiting(const VmRecord& vm) {
  if (lost_its_gpus(vm)) return VmStep::report_failed;
  if (vm.lease == LeasePhase::none) return VmStep::request_lease;
  return vm.lease == LeasePhase::granted ? VmStep::place_vm : VmStep::nothing;
}

}  // namespace

VmStep owed_step(const VmRecord& vm) {
  const bool creating = !vm.create_operation.empty();
  const bool deleting = !vm.delete_operations.empty();
  if (!vm.surplus_operations.empty()) return VmStep::fail_surplus;
  switch (vm.phase) {
    case Phase::unknown:
      if (creating) return vm.refused ? VmStep::fail_create : VmStep::create_vm;
      if (has_lease(vm)) return VmStep::release_lease;  // Asked for before the VM was forgotten.
      if (deleting) return vm.refused ? VmStep::succeed_delete : VmStep::delete_vm;
      return VmStep::nothing;
    case Phase::waiting:
      return deleting ? VmStep::delete_vm : step_while_waiting(vm);
    case Phase::placed:
      if (deleting) return VmStep::delete_vm;
      return lost_its_gpus(vm) ? VmStep::report_failed : VmStep::nothing;  // The driver's turn.
    case Phase::running:
      if (creating) return VmStep::succeed_create;
      if (deleting) return VmStep::delete_vm;
      return lost_its_gpus(vm) ? VmStep::report_failed : VmStep::nothing;
    case Phase::deleting:
      if (creating) return VmStep::fail_create;
      // On a lost node nothing runs, and no driver can say so.
      if (vm.never_placed || vm.trouble == Trouble::node_lost) return VmStep::report_stopped;
      return VmStep::nothing;  // The driver's turn.
    case Phase::failed:
      if (has_lease(vm)) return VmStep::release_lease;
      if (creating) return VmStep::fail_create;
      return deleting ? VmStep::delete_vm : VmStep::nothing;
    case Phase::deleted:
      if (creating) return VmStep::fail_create;
      if (has_lease(vm)) return VmStep::release_lease;
      return deleting ? VmStep::succeed_delete : VmStep::nothing;
  }
  return VmStep::nothing;
}

bool is_finished(const VmRecord& vm) {
  const bool at_rest =
      vm.phase == Phase::unknown || vm.phase == Phase::failed || vm.phase == Phase::deleted;
  return at_rest && owed_step(vm) == VmStep::nothing;
}

Failure vm_failure(const VmRecord& vm) {
  switch (vm.trouble) {
    case Trouble::node_lost:
      return {"node_lost", "The node " + vm.node_id + " is lost."};
    case Trouble::gpu_fault:
      return {"gpu_fault", "A GPU of the VM on the node " + vm.node_id + " has a fault."};
    case Trouble::none:
      break;
  }
  return {vm.failure_code, vm.failure_message};
}

Failure create_failure(const VmRecord& vm) {
  if (vm.phase == Phase::failed) return {vm.failure_code, vm.failure_message};
  if (vm.phase == Phase::unknown)
    return {"vm_exists_already", "There is another VM of this id already."};
  return {"cancelled", "The VM was deleted before it ran."};
}

}  // namespace orrery
