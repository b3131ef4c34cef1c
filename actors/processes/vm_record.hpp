#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/vm_events.hpp"

namespace orrery {

/// The one command that a VM is owed next.
enum class VmStep : std::uint8_t {
  nothing,
  create_vm,
  request_lease,
  place_vm,
  report_failed,
  delete_vm,
  report_stopped,
  release_lease,
  succeed_create,
  fail_create,
  succeed_delete,
  fail_surplus,
};

/// What the VM process knows of one VM, folded from the log.
struct VmRecord {
  enum class Phase : std::uint8_t {
    /// An operation names it, and nothing else is known: it isn't there yet, or forgotten already.
    unknown,
    waiting,
    placed,
    running,
    deleting,
    failed,
    deleted,
  };
  enum class LeasePhase : std::uint8_t { none, requested, granted, refused, ended };
  /// What befell the node or a GPU that the VM's lease is on.
  enum class Trouble : std::uint8_t { none, node_lost, gpu_fault };

  Phase phase = Phase::unknown;
  LeasePhase lease = LeasePhase::none;
  Trouble trouble = Trouble::none;
  /// The VM was born under the eyes of the process and never got GPUs: nothing of it can run.
  bool never_placed = false;

  /// What to create; one until the VM exists, then none.
  std::vector<VmRequested> wish;
  /// What its lease asks for; empty once it has asked.
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// The grant.
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// Why the lease was refused or taken away, or why the VM failed.
  std::string failure_code;
  std::string failure_message;

  /// Ids of operations in progress. A create that finds the VM there already is `surplus`.
  std::string create_operation;
  std::vector<std::string> delete_operations;
  std::vector<std::string> surplus_operations;

  /// The last event about it, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(VmRecord, (),
                       (phase, lease, trouble, never_placed, wish, cluster, gpu_model, gpu_count,
                        node_id, gpu_indices, fence, failure_code, failure_message,
                        create_operation, delete_operations, surplus_operations, causation,
                        correlation),
                       (), ())

  /// From here on nothing is saved. The VM refused to be created or deleted: another has its id, or
  /// it is gone.
  bool refused = false;
  /// What was sent last: nothing is sent twice, but after a crash.
  VmStep asked = VmStep::nothing;
  /// Among those that `due` looks at.
  bool noted = false;
};

/// A function of the record alone, and so the whole memory of the process.
VmStep owed_step(const VmRecord& vm);

/// True where nothing is owed and nothing will be, unless another operation comes.
bool is_finished(const VmRecord& vm);

/// Code and message for `VmStep::report_failed` and the operations that fail.
struct Failure {
  std::string code;
  std::string message;
};
Failure vm_failure(const VmRecord& vm);
Failure create_failure(const VmRecord& vm);

}  // namespace orrery
