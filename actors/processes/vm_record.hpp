#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/processes/address_book.hpp"
#include "actors/processes/failure.hpp"
#include "actors/processes/vm_step.hpp"
#include "events/operation_events.hpp"

namespace orrery {

/// What an operation on a VM that exists can want.
using VmGoal = std::variant<PowerOnVm, PowerOffVm, ResetVm, ResizeVm, ChangeVmNetwork, ReserveVm,
                            UnreserveVm, AttachDisks, DetachDisks>;

/// What the VM process knows of one VM, folded from the log.
struct VmRecord {
  enum class Phase : std::uint8_t {
    /// An operation names it, and nothing else is known: it isn't there yet, or forgotten already.
    unknown,
    /// For GPUs.
    waiting,
    placed,
    running,
    resetting,
    stopping,
    stopped,
    deleting,
    failed,
    deleted,
  };
  enum class LeasePhase : std::uint8_t { none, requested, granted, refused, ended };
  /// What befell the node or a GPU that the VM's lease is on.
  enum class Trouble : std::uint8_t { none, node_lost, gpu_fault };

  /// What it is, as of its last event.
  struct Shape {
    std::string project_id;
    std::string type;
    std::string location;
    std::string cluster;
    std::string gpu_model;
    std::uint32_t gpu_count = 0;
    /// The one of its project's default network where it names none.
    std::string subnet_id;
    PublicAddress public_address = PublicAddress::dynamic;
    std::string reservation_id;

    BOOST_DESCRIBE_CLASS(Shape, (),
                         (project_id, type, location, cluster, gpu_model, gpu_count, subnet_id,
                          public_address, reservation_id),
                         (), ())
  };
  struct HeldDisk {
    DiskAttachment attachment;
    /// Attached for the first of `operations`, which may yet fail.
    bool provisional = false;

    BOOST_DESCRIBE_CLASS(HeldDisk, (), (attachment, provisional), (), ())
  };
  struct PendingOperation {
    std::string id;
    VmGoal goal;

    BOOST_DESCRIBE_CLASS(PendingOperation, (), (id, goal), (), ())
  };

  Phase phase = Phase::unknown;
  LeasePhase lease = LeasePhase::none;
  Trouble trouble = Trouble::none;
  /// The VM was born under the eyes of the process, and no driver was told to start it since its
  /// birth or its last stop.
  bool nothing_runs = false;
  Shape shape;

  /// What to create; one until the VM exists, then none.
  std::vector<VmRequested> wish;
  /// What it is to have before it first starts; then none.
  std::vector<DiskAttachment> first_disks;

  /// The number of its lease, from 1; 0 before the first.
  std::uint32_t lease_number = 0;
  /// The grant.
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// Why the lease was refused or taken away.
  Failure lease_failure;

  AddressBook::Addresses addresses;
  std::vector<HeldDisk> disks;
  /// Ids of the reservations that it has a place in.
  std::vector<std::string> places;

  /// Why the VM failed.
  Failure vm_failure;
  /// Why the first of `operations` failed, or that it is done, where nothing else tells.
  Failure operation_failure;
  bool operation_done = false;

  /// Ids of operations in progress, each in the order of their start. A create that finds the VM
  /// there already is `surplus`.
  std::string create_operation;
  std::vector<PendingOperation> operations;
  std::vector<std::string> delete_operations;
  std::vector<std::string> surplus_operations;

  /// The last event about it, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(VmRecord, (),
                       (phase, lease, trouble, nothing_runs, shape, wish, first_disks, lease_number,
                        node_id, gpu_indices, fence, lease_failure, addresses, disks, places,
                        vm_failure, operation_failure, operation_done, create_operation, operations,
                        delete_operations, surplus_operations, causation, correlation),
                       (), ())

  /// From here on nothing is saved: after a crash it is found out again.
  /// Why the step that was owed can't be done: somebody refused, or there is nothing to give.
  Failure obstacle;
  /// Addresses on their way to the VM.
  AddressBook::Addresses promised;
  /// What was sent last: nothing is sent twice, but after a crash.
  VmStep asked = VmStep::nothing;
  /// Among those that `due` looks at.
  bool noted = false;
};

}  // namespace orrery
