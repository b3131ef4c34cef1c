#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

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

  bool operator==(const VmSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(VmSpecification, (),
                       (project_id, name, type, location, image, cluster, gpu_model, gpu_count,
                        credentials),
                       (), ())
};

/// A VM exists and waits for GPUs. Stream: vm/<id>.
struct VmRequested {
  VmSpecification specification;
  VmIdentity identity;

  bool operator==(const VmRequested&) const = default;
  BOOST_DESCRIBE_CLASS(VmRequested, (), (specification, identity), (), ())
};

/// GPUs are leased for the VM; the driver of the node starts it.
struct VmPlaced {
  std::string lease_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;

  bool operator==(const VmPlaced&) const = default;
  BOOST_DESCRIBE_CLASS(VmPlaced, (), (lease_id, node_id, gpu_indices, fence), (), ())
};

/// The VM runs. Addresses in dotted form.
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

using VmEvent =
    std::variant<VmRequested, VmPlaced, VmStarted, VmDeletionRequested, VmFailed, VmDeleted>;

}  // namespace orrery
