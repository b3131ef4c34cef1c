#pragma once

#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/disk_events.hpp"
#include "events/firewall_rule_events.hpp"
#include "events/vm_events.hpp"

namespace orrery {

/// Create a VM with these properties.
struct CreateVm {
  VmSpecification specification;
  VmIdentity identity;

  bool operator==(const CreateVm&) const = default;
  BOOST_DESCRIBE_CLASS(CreateVm, (), (specification, identity), (), ())
};

/// Stop a VM and delete it.
struct DeleteVm {
  bool operator==(const DeleteVm&) const = default;
  BOOST_DESCRIBE_CLASS(DeleteVm, (), (), (), ())
};

/// Start a stopped VM.
struct PowerOnVm {
  bool operator==(const PowerOnVm&) const = default;
  BOOST_DESCRIBE_CLASS(PowerOnVm, (), (), (), ())
};

/// Stop a running VM; it keeps its disks.
struct PowerOffVm {
  bool operator==(const PowerOffVm&) const = default;
  BOOST_DESCRIBE_CLASS(PowerOffVm, (), (), (), ())
};

/// Boot a running VM anew.
struct ResetVm {
  bool operator==(const ResetVm&) const = default;
  BOOST_DESCRIBE_CLASS(ResetVm, (), (), (), ())
};

/// Give a stopped VM another type.
struct ResizeVm {
  std::string type;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;

  bool operator==(const ResizeVm&) const = default;
  BOOST_DESCRIBE_CLASS(ResizeVm, (), (type, gpu_model, gpu_count), (), ())
};

/// Give a running VM other addresses.
struct ChangeVmNetwork {
  std::string subnet_id;
  PublicAddress public_address = PublicAddress::dynamic;

  bool operator==(const ChangeVmNetwork&) const = default;
  BOOST_DESCRIBE_CLASS(ChangeVmNetwork, (), (subnet_id, public_address), (), ())
};

struct ReserveVm {
  std::string reservation_id;

  bool operator==(const ReserveVm&) const = default;
  BOOST_DESCRIBE_CLASS(ReserveVm, (), (reservation_id), (), ())
};

struct UnreserveVm {
  bool operator==(const UnreserveVm&) const = default;
  BOOST_DESCRIBE_CLASS(UnreserveVm, (), (), (), ())
};

/// Attach all of these to a VM, or none.
struct AttachDisks {
  std::vector<DiskAttachment> disks;

  bool operator==(const AttachDisks&) const = default;
  BOOST_DESCRIBE_CLASS(AttachDisks, (), (disks), (), ())
};

struct DetachDisks {
  std::vector<std::string> disk_ids;

  bool operator==(const DetachDisks&) const = default;
  BOOST_DESCRIBE_CLASS(DetachDisks, (), (disk_ids), (), ())
};

struct CreateDisk {
  DiskSpecification specification;
  std::string serial_number;

  bool operator==(const CreateDisk&) const = default;
  BOOST_DESCRIBE_CLASS(CreateDisk, (), (specification, serial_number), (), ())
};

struct ResizeDisk {
  std::uint64_t size_gib = 0;

  bool operator==(const ResizeDisk&) const = default;
  BOOST_DESCRIBE_CLASS(ResizeDisk, (), (size_gib), (), ())
};

struct DeleteDisk {
  bool operator==(const DeleteDisk&) const = default;
  BOOST_DESCRIBE_CLASS(DeleteDisk, (), (), (), ())
};

struct RenameNetwork {
  std::string name;

  bool operator==(const RenameNetwork&) const = default;
  BOOST_DESCRIBE_CLASS(RenameNetwork, (), (name), (), ())
};

struct DeleteNetwork {
  bool operator==(const DeleteNetwork&) const = default;
  BOOST_DESCRIBE_CLASS(DeleteNetwork, (), (), (), ())
};

/// The operation's target is the subnet; it lives in the stream of its network.
struct RenameSubnet {
  std::string network_id;
  std::string name;

  bool operator==(const RenameSubnet&) const = default;
  BOOST_DESCRIBE_CLASS(RenameSubnet, (), (network_id, name), (), ())
};

struct DeleteSubnet {
  std::string network_id;

  bool operator==(const DeleteSubnet&) const = default;
  BOOST_DESCRIBE_CLASS(DeleteSubnet, (), (network_id), (), ())
};

struct CreateFirewallRule {
  FirewallRuleCreated rule;

  bool operator==(const CreateFirewallRule&) const = default;
  BOOST_DESCRIBE_CLASS(CreateFirewallRule, (), (rule), (), ())
};

struct ChangeFirewallRule {
  FirewallMatch match;

  bool operator==(const ChangeFirewallRule&) const = default;
  BOOST_DESCRIBE_CLASS(ChangeFirewallRule, (), (match), (), ())
};

struct DeleteFirewallRule {
  bool operator==(const DeleteFirewallRule&) const = default;
  BOOST_DESCRIBE_CLASS(DeleteFirewallRule, (), (), (), ())
};

/// What an operation is to achieve. New kinds go to the end: the index is stored.
using OperationGoal =
    std::variant<CreateVm, DeleteVm, PowerOnVm, PowerOffVm, ResetVm, ResizeVm, ChangeVmNetwork,
                 ReserveVm, UnreserveVm, AttachDisks, DetachDisks, CreateDisk, ResizeDisk,
                 DeleteDisk, RenameNetwork, DeleteNetwork, RenameSubnet, DeleteSubnet,
                 CreateFirewallRule, ChangeFirewallRule, DeleteFirewallRule>;

/// An asynchronous request was accepted. Stream: operation/<id>. Every operation ends.
struct OperationStarted {
  std::string project_id;
  /// Id of the VM, disk, network, subnet or firewall rule that it is about; it may not exist yet.
  std::string target_id;
  OperationGoal goal;
  /// Keyed digest of the request behind it, 32 raw bytes: the same request under the same
  /// idempotency key is a retry. Empty where the request had no such key.
  std::string request_digest = {};

  bool operator==(const OperationStarted&) const = default;
  BOOST_DESCRIBE_CLASS(OperationStarted, (), (project_id, target_id, goal, request_digest), (), ())
};

struct OperationSucceeded {
  bool operator==(const OperationSucceeded&) const = default;
  BOOST_DESCRIBE_CLASS(OperationSucceeded, (), (), (), ())
};

struct OperationFailed {
  /// Machine-readable, such as "out_of_stock".
  std::string code;
  std::string message;

  bool operator==(const OperationFailed&) const = default;
  BOOST_DESCRIBE_CLASS(OperationFailed, (), (code, message), (), ())
};

using OperationEvent = std::variant<OperationStarted, OperationSucceeded, OperationFailed>;

}  // namespace orrery
