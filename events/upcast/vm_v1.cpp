#include "events/upcast/vm_v1.hpp"

#include <utility>

namespace orrery {
namespace {

/// A VM of old had a public address from start to end.
VmSpecification upcast(VmSpecificationV1 old) {
  VmSpecification specification;
  specification.project_id = std::move(old.project_id);
  specification.name = std::move(old.name);
  specification.type = std::move(old.type);
  specification.location = std::move(old.location);
  specification.image = std::move(old.image);
  specification.cluster = std::move(old.cluster);
  specification.gpu_model = std::move(old.gpu_model);
  specification.gpu_count = old.gpu_count;
  specification.credentials = std::move(old.credentials);
  return specification;
}

}  // namespace

NodeRegisteredV2 upcast_node_registered(NodeRegisteredV1 old) {
  return {std::move(old.cluster), std::move(old.gpu_model), old.gpu_count};
}

VmRequested upcast_vm_requested(VmRequestedV1 old) {
  return {upcast(std::move(old.specification)), std::move(old.identity)};
}

VmPlaced upcast_vm_placed(VmPlacedV1 old) {
  return {std::move(old.lease_id), std::move(old.node_id), std::move(old.gpu_indices), old.fence};
}

OperationStarted upcast_operation_started(OperationStartedV1 old) {
  OperationStarted started{std::move(old.project_id), std::move(old.target_id), DeleteVm{}};
  if (auto* create = std::get_if<CreateVmV1>(&old.goal))
    started.goal = CreateVm{upcast(std::move(create->specification)), std::move(create->identity)};
  return started;
}

}  // namespace orrery
