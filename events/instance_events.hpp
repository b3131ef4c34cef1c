#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/cluster_events.hpp"

namespace orrery {

/// Where a data volume appears in an instance.
struct VolumeMount {
  /// The volume's stream is volume/<id>, such as "volume-920020f7".
  std::string volume_id;
  std::string path;
  std::uint32_t size_gb = 0;
  /// The volume is made for this instance; else it exists already.
  bool is_new = false;

  bool operator==(const VolumeMount&) const = default;
  BOOST_DESCRIBE_CLASS(VolumeMount, (), (volume_id, path, size_gb, is_new), (), ())
};

/// What a customer asked for, with the SKU resolved to what it gives.
struct InstanceSpecification {
  /// The customer: wallet/<namespace id>.
  std::string namespace_id;
  std::string cluster;
  std::string display_name;
  /// Full name with tag, such as "images.neolink-ai.com/matrixdc/pytorch:2.3.0".
  std::string image;
  std::string sku_id;
  std::string gpu_model;
  /// Name of the GPU as a Kubernetes resource, such as "nvidia.com/gpu-4090".
  std::string gpu_resource_key;
  std::uint32_t gpu_count = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_gib = 0;
  std::uint32_t system_disk_gb = 0;
  std::vector<VolumeMount> volumes;
  /// Drawn at the edge; part of the addresses by which the instance is reached.
  std::string uid;
  /// The cluster's policy for creates at the time of the order. A restart always waits.
  WhenFull when_full = WhenFull::refuse;

  bool operator==(const InstanceSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceSpecification, (),
                       (namespace_id, cluster, display_name, image, sku_id, gpu_model,
                        gpu_resource_key, gpu_count, cpu_count, memory_gib, system_disk_gb, volumes,
                        uid, when_full),
                       (), ())
};

/// An instance exists and waits for its volumes and GPUs. Stream: instance/<name>, such as
/// "instance-ccff84c2".
struct InstanceRequested {
  std::string order_id;
  InstanceSpecification specification;

  bool operator==(const InstanceRequested&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceRequested, (), (order_id, specification), (), ())
};

/// GPUs are leased; the driver of the node starts it.
struct InstancePlaced {
  std::string lease_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;

  bool operator==(const InstancePlaced&) const = default;
  BOOST_DESCRIBE_CLASS(InstancePlaced, (), (lease_id, node_id, gpu_indices, fence), (), ())
};

/// The instance runs, and is paid for from the time of this event on.
struct InstanceStarted {
  /// Of its pod, in dotted form.
  std::string ip;
  /// Where the cluster's gateway listens for SSH to it.
  std::uint16_t ssh_port = 0;

  bool operator==(const InstanceStarted&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceStarted, (), (ip, ssh_port), (), ())
};

/// Who or what wants an instance off, or gone.
BOOST_DEFINE_FIXED_ENUM_CLASS(InstanceEndReason, std::uint8_t,
                              /// The customer.
                              customer,
                              /// What was paid for in advance is over.
                              expired,
                              /// The customer's wallet is in debt.
                              arrears,
                              /// It was off for longer than data are kept.
                              retention)

/// Save the system disk of the instance as an image of its owner while it is stopped.
struct SnapshotWish {
  /// Stream: container_image/<id>.
  std::string image_id;
  /// As in `InstanceSpecification::image`.
  std::string image;

  bool operator==(const SnapshotWish&) const = default;
  BOOST_DESCRIBE_CLASS(SnapshotWish, (), (image_id, image), (), ())
};

/// The instance is to be switched off; the driver stops it. It is paid for until this event.
struct InstanceStopRequested {
  InstanceEndReason reason = InstanceEndReason::customer;
  /// Processes inside have so long to end by themselves.
  std::uint32_t grace_period_s = 0;
  std::optional<SnapshotWish> snapshot;

  bool operator==(const InstanceStopRequested&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceStopRequested, (), (reason, grace_period_s, snapshot), (), ())
};

/// The driver has saved what the stop asked for.
struct InstanceSnapshotTaken {
  SnapshotWish snapshot;
  std::uint64_t size_bytes = 0;

  bool operator==(const InstanceSnapshotTaken&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceSnapshotTaken, (), (snapshot, size_bytes), (), ())
};

/// Nothing of the instance runs. It keeps its system disk and volumes, and gives back its lease.
struct InstanceStopped {
  bool operator==(const InstanceStopped&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceStopped, (), (), (), ())
};

/// The customer wants the stopped instance on again; as after `InstanceRequested` it is placed and
/// started next, but waits for GPUs as long as it takes.
struct InstanceStartRequested {
  bool operator==(const InstanceStartRequested&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceStartRequested, (), (), (), ())
};

/// The instance lost its GPUs or its node, or a start went wrong after it had run before. It is
/// placed anew, and not paid for until it runs again.
struct InstanceInterrupted {
  /// Machine-readable, such as "node_lost".
  std::string code;
  std::string message;

  bool operator==(const InstanceInterrupted&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceInterrupted, (), (code, message), (), ())
};

/// The instance never ran and never will: nothing is charged for it.
struct InstanceFailed {
  /// Machine-readable, such as "out_of_stock".
  std::string code;
  std::string message;

  bool operator==(const InstanceFailed&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceFailed, (), (code, message), (), ())
};

/// The instance is to go; the driver stops it where it runs. It is paid for until this event.
struct InstanceDeletionRequested {
  InstanceEndReason reason = InstanceEndReason::customer;

  bool operator==(const InstanceDeletionRequested&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceDeletionRequested, (), (reason), (), ())
};

/// The instance is gone with its system disk; its data volumes stay.
struct InstanceDeleted {
  bool operator==(const InstanceDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(InstanceDeleted, (), (), (), ())
};

using InstanceEvent =
    std::variant<InstanceRequested, InstancePlaced, InstanceStarted, InstanceStopRequested,
                 InstanceSnapshotTaken, InstanceStopped, InstanceStartRequested,
                 InstanceInterrupted, InstanceFailed, InstanceDeletionRequested, InstanceDeleted>;

}  // namespace orrery
