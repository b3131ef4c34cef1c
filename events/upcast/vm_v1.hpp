#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "events/operation_events.hpp"
#include "events/upcast/fleet_v2.hpp"
#include "events/vm_events.hpp"

namespace orrery {

/// The first forms of events about VMs: before subnets, pools of addresses and data disks. Then a
/// node owned a range of addresses, and each VM had the ones of its first GPU, which `VmStarted`
/// tells.

struct NodeRegisteredV1 {
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  std::uint32_t private_ipv4_base = 0;
  std::uint32_t public_ipv4_base = 0;

  BOOST_DESCRIBE_CLASS(NodeRegisteredV1, (),
                       (cluster, gpu_model, gpu_count, private_ipv4_base, public_ipv4_base), (), ())
};
NodeRegisteredV2 upcast_node_registered(NodeRegisteredV1 old);

struct VmSpecificationV1 {
  std::string project_id;
  std::string name;
  std::string type;
  std::string location;
  std::string image;
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  Sealed credentials;

  BOOST_DESCRIBE_CLASS(VmSpecificationV1, (),
                       (project_id, name, type, location, image, cluster, gpu_model, gpu_count,
                        credentials),
                       (), ())
};

struct VmRequestedV1 {
  VmSpecificationV1 specification;
  VmIdentity identity;

  BOOST_DESCRIBE_CLASS(VmRequestedV1, (), (specification, identity), (), ())
};
VmRequested upcast_vm_requested(VmRequestedV1 old);

struct VmPlacedV1 {
  std::string lease_id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;

  BOOST_DESCRIBE_CLASS(VmPlacedV1, (), (lease_id, node_id, gpu_indices, fence), (), ())
};
VmPlaced upcast_vm_placed(VmPlacedV1 old);

struct CreateVmV1 {
  VmSpecificationV1 specification;
  VmIdentity identity;

  BOOST_DESCRIBE_CLASS(CreateVmV1, (), (specification, identity), (), ())
};

struct OperationStartedV1 {
  std::string project_id;
  std::string target_id;
  std::variant<CreateVmV1, DeleteVm> goal;

  BOOST_DESCRIBE_CLASS(OperationStartedV1, (), (project_id, target_id, goal), (), ())
};
OperationStarted upcast_operation_started(OperationStartedV1 old);

}  // namespace orrery
