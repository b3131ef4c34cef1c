#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "actors/processes/failure.hpp"
#include "actors/processes/instance_step.hpp"
#include "events/instance_events.hpp"

namespace orrery {

/// What the instance process knows of one instance, folded from the log.
struct InstanceRecord {
  enum class Phase : std::uint8_t {
    /// Something of it came late: it isn't there yet, or forgotten already.
    unknown,
    ordered,
    /// For volumes and GPUs.
    waiting,
    placed,
    running,
    stopping,
    stopped,
    deleting,
    failed,
    deleted,
  };
  enum class LeasePhase : std::uint8_t {
    none,
    requested,
    granted,
    refused,
    ended,
    /// Requested or granted, and not wanted any more.
    surplus,
  };
  /// What befell the node or a GPU that its lease is on.
  enum class Trouble : std::uint8_t { none, node_lost, gpu_fault };

  struct Volume {
    enum class Phase : std::uint8_t {
      /// To be made for it.
      missing,
      /// There, and not mounted by it.
      kept,
      mounted,
      unmounted,
      deleted,
    };
    VolumeMount mount;
    Phase phase = Phase::missing;
    /// It was owed to be made, and may be on its way.
    bool was_owed = false;
    /// Another instance has mounted it: it is not this one's to delete any more.
    bool is_shared = false;

    BOOST_DESCRIBE_CLASS(Volume, (), (mount, phase, was_owed, is_shared), (), ())

    /// Not saved: it refused what was owed to it last.
    bool refused = false;
  };
  /// An order for an instance whose name is taken already.
  struct SurplusOrder {
    std::string order_id;
    std::string namespace_id;

    BOOST_DESCRIBE_CLASS(SurplusOrder, (), (order_id, namespace_id), (), ())
  };
  struct Snapshot {
    InstanceSnapshotTaken taken;

    BOOST_DESCRIBE_CLASS(Snapshot, (), (taken), (), ())

    /// Not saved: it can't become an image.
    bool refused = false;
  };

  Phase phase = Phase::unknown;
  LeasePhase lease = LeasePhase::none;
  Trouble trouble = Trouble::none;
  bool has_run = false;
  /// The node that it is placed on; empty where it isn't, or that node is lost.
  std::string placed_on;
  /// The node where it may still run though it lost its place there, until it has another, or the
  /// driver says that it has ended; empty for none.
  std::string cut_off_on;

  std::string order_id;
  /// The order is refunded or closed.
  bool order_ended = false;
  std::vector<SurplusOrder> surplus_orders;
  InstanceSpecification specification;
  std::vector<Volume> volumes;
  /// Taken by the driver, and no images yet.
  std::vector<Snapshot> snapshots;
  /// Ids of its images: one that is taken again is none that is owed.
  std::vector<std::string> image_ids;

  /// The number of its lease, from 1; 0 before the first.
  std::uint32_t lease_number = 0;
  /// Of the lease that it is placed by.
  std::uint32_t placed_number = 0;
  /// The grant.
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// Why the lease was refused or taken away.
  Failure lease_failure;

  /// The last event about it, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(InstanceRecord, (),
                       (phase, lease, trouble, has_run, placed_on, cut_off_on, order_id,
                        order_ended, surplus_orders, specification, volumes, snapshots, image_ids,
                        lease_number, placed_number, node_id, gpu_indices, fence, lease_failure,
                        causation, correlation),
                       (), ())

  /// From here on nothing is saved: after a crash it is found out again.
  /// Why the step that was owed can't be done: somebody refused.
  Failure obstacle;
  /// What was sent last: nothing is sent twice, but after a crash.
  InstanceStep asked = InstanceStep::nothing;
  /// Among those that `due` looks at.
  bool noted = false;
};

}  // namespace orrery
