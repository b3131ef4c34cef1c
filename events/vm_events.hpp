#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/disk_events.hpp"
#include "events/sealed.hpp"

namespace orrery {

/// The identities that a VM gets at birth. They are drawn at the edge and logged, never drawn
/// again.
struct VmIdentity {
  std::string os_disk_id;
  std::string os_disk_serial;
  std::string interface_id;
  std::string mac_address;
  std::string public_ip_id;

  bool operator==(const VmIdentity&) const = default;
  BOOST_DESCRIBE_CLASS(VmIdentity, (),
                       (os_disk_id, os_disk_serial, interface_id, mac_address, public_ip_id), (),
                       ())
};

/// none: the VM has no public address. dynamic: from start to stop, then perhaps another one.
/// fixed: the same one as long as the VM exists.
BOOST_DEFINE_FIXED_ENUM_CLASS(PublicAddress, std::uint8_t, none, dynamic, fixed)

/// What a customer asked for, with the customer's words resolved to GPUs and a cluster.
struct VmSpecification {
  std::string project_id;
  std::string name;
  /// Product name, such as "l40s-48gb.2x".
  std::string type;
  std::string location;
  std::string image;
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// JSON object {ssh_public_key, startup_script, shutdown_script} as the customer gave it.
  Sealed credentials;
  /// Where its private address comes from. Empty in what was logged before there were subnets.
  std::string subnet_id = {};
  PublicAddress public_address = PublicAddress::dynamic;
  /// Attached before it starts.
  std::vector<DiskAttachment> disks = {};
  /// Empty where it runs on demand.
  std::string reservation_id = {};
  bool nested_virtualization = false;

  bool operator==(const VmSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(VmSpecification, (),
                       (project_id, name, type, location, image, cluster, gpu_model, gpu_count,
                        credentials, subnet_id, public_address, disks, reservation_id,
                        nested_virtualization),
                       (), ())
};

/// A VM exists and waits for GPUs. Stream: vm/<id>.
struct VmRequested {
  VmSpecification specification;
  VmIdentity identity;

  bool operator==(const VmRequested&) const = default;
  BOOST_DESCRIBE_CLASS(VmRequested, (), (specification, identity), (), ())
};

/// GPUs are leased and addresses given to the VM; the driver of the node starts it.
struct VmPlaced {
  std::string lease_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// In dotted form. No other VM has them until this one gives them back: the private one when it
  /// is deleted or fails, the public one then or, where it is dynamic, when it stops. Public: empty
  /// where the VM has none. Both empty in what was logged before there were pools.
  std::string private_ipv4 = {};
  std::string public_ipv4 = {};

  bool operator==(const VmPlaced&) const = default;
  BOOST_DESCRIBE_CLASS(VmPlaced, (),
                       (lease_id, node_id, gpu_indices, fence, private_ipv4, public_ipv4), (), ())
};

/// The VM runs. Addresses in dotted form, as the driver has seen them.
struct VmStarted {
  std::string private_ipv4;
  std::string public_ipv4;

  bool operator==(const VmStarted&) const = default;
  BOOST_DESCRIBE_CLASS(VmStarted, (), (private_ipv4, public_ipv4), (), ())
};

/// Somebody wants the VM gone; the driver stops it.
struct VmDeletionRequested {
  bool operator==(const VmDeletionRequested&) const = default;
  BOOST_DESCRIBE_CLASS(VmDeletionRequested, (), (), (), ())
};

/// The VM will not run (again): out of stock, driver error, lost node. It holds nothing once its
/// lease is released.
struct VmFailed {
  /// Machine-readable, such as "out_of_stock".
  std::string code;
  std::string message;

  bool operator==(const VmFailed&) const = default;
  BOOST_DESCRIBE_CLASS(VmFailed, (), (code, message), (), ())
};

/// The VM is gone for good.
struct VmDeleted {
  bool operator==(const VmDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(VmDeleted, (), (), (), ())
};

/// Somebody wants the running VM off; the driver stops it.
struct VmStopRequested {
  bool operator==(const VmStopRequested&) const = default;
  BOOST_DESCRIBE_CLASS(VmStopRequested, (), (), (), ())
};

/// Nothing of the VM runs. It keeps its disks and its private address, and gives back its lease.
struct VmStopped {
  bool operator==(const VmStopped&) const = default;
  BOOST_DESCRIBE_CLASS(VmStopped, (), (), (), ())
};

/// The stopped VM wants GPUs again; as after `VmRequested` it is placed and started next.
struct VmStartRequested {
  bool operator==(const VmStartRequested&) const = default;
  BOOST_DESCRIBE_CLASS(VmStartRequested, (), (), (), ())
};

/// A stopped VM could not be started: it is stopped still.
struct VmStartFailed {
  /// Machine-readable, such as "out_of_stock".
  std::string code;
  std::string message;

  bool operator==(const VmStartFailed&) const = default;
  BOOST_DESCRIBE_CLASS(VmStartFailed, (), (code, message), (), ())
};

/// Somebody wants the running VM to boot anew, where it is.
struct VmResetRequested {
  /// The VM's resets are counted from 1.
  std::uint64_t number = 0;

  bool operator==(const VmResetRequested&) const = default;
  BOOST_DESCRIBE_CLASS(VmResetRequested, (), (number), (), ())
};

/// It has booted anew.
struct VmReset {
  bool operator==(const VmReset&) const = default;
  BOOST_DESCRIBE_CLASS(VmReset, (), (), (), ())
};

/// The stopped VM is of another type of its family from now on.
struct VmResized {
  std::string type;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;

  bool operator==(const VmResized&) const = default;
  BOOST_DESCRIBE_CLASS(VmResized, (), (type, gpu_model, gpu_count), (), ())
};

/// The running VM has other addresses from now on, as in `VmPlaced`.
struct VmNetworkChanged {
  std::string subnet_id;
  PublicAddress public_address = PublicAddress::dynamic;
  std::string private_ipv4;
  std::string public_ipv4;

  bool operator==(const VmNetworkChanged&) const = default;
  BOOST_DESCRIBE_CLASS(VmNetworkChanged, (), (subnet_id, public_address, private_ipv4, public_ipv4),
                       (), ())
};

/// The VM has a place in the reservation.
struct VmReserved {
  std::string reservation_id;

  bool operator==(const VmReserved&) const = default;
  BOOST_DESCRIBE_CLASS(VmReserved, (), (reservation_id), (), ())
};

/// The VM runs on demand again.
struct VmUnreserved {
  bool operator==(const VmUnreserved&) const = default;
  BOOST_DESCRIBE_CLASS(VmUnreserved, (), (), (), ())
};

using VmEvent =
    std::variant<VmRequested, VmPlaced, VmStarted, VmDeletionRequested, VmFailed, VmDeleted,
                 VmStopRequested, VmStopped, VmStartRequested, VmStartFailed, VmResetRequested,
                 VmReset, VmResized, VmNetworkChanged, VmReserved, VmUnreserved>;

}  // namespace orrery
