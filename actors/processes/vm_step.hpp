#pragma once

#include <cstdint>
#include <string>

namespace orrery {

struct Failure;
struct VmRecord;

/// The one command that a VM is owed next.
enum class VmStep : std::uint8_t {
  nothing,

  // To the VM.
  create_vm,
  place_vm,
  start_vm,
  stop_vm,
  reset_vm,
  resize_vm,
  change_network,
  reserve_vm,
  unreserve_vm,
  delete_vm,
  report_stopped,
  report_failed,

  // To what it holds.
  request_lease,
  release_lease,
  attach_disk,
  detach_disk,
  take_place,
  give_place_back,

  // To its operations.
  succeed_create,
  fail_create,
  succeed_operation,
  fail_operation,
  succeed_delete,
  fail_surplus,
};

/// It is the end of an operation.
constexpr bool is_answer(VmStep step) { return step >= VmStep::succeed_create; }

/// A function of the record alone, and so the whole memory of the process: the life of a VM, phase
/// by phase.
VmStep owed_step(const VmRecord& vm);

/// The part of it that the first of the operations on a running or stopped VM says.
VmStep step_for_operation(const VmRecord& vm);

/// True where nothing is owed and nothing will be, unless another operation comes.
bool is_finished(const VmRecord& vm);

/// Code and message for `VmStep::report_failed` and the operations that fail.
Failure failure_of_vm(const VmRecord& vm);
Failure failure_of_create(const VmRecord& vm);
Failure failure_of_operation(const VmRecord& vm);

}  // namespace orrery
