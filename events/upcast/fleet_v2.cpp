#include "events/upcast/fleet_v2.hpp"

#include <utility>

namespace orrery {

NodeRegistered upcast_node_registered(NodeRegisteredV2 old) {
  NodeRegistered node;
  node.cluster = std::move(old.cluster);
  node.gpu_model = std::move(old.gpu_model);
  node.gpu_count = old.gpu_count;
  return node;
}

NodeCordoned upcast_node_cordoned(NodeCordonedV1 old) { return {std::move(old.reason), {}}; }

LeaseRequestedV2 upcast_lease_requested_v1(LeaseRequestedV1 old) {
  LeaseRequestedV2 request;
  request.holder = std::move(old.holder);
  request.cluster = std::move(old.cluster);
  request.gpu_model = std::move(old.gpu_model);
  request.gpu_count = old.gpu_count;
  request.when_full = old.when_full;
  return request;
}

LeaseRequested upcast_lease_requested(LeaseRequestedV2 old) {
  LeaseRequested request;
  request.holder = std::move(old.holder);
  request.cluster = std::move(old.cluster);
  request.gpu_model = std::move(old.gpu_model);
  request.gpu_count = old.gpu_count;
  request.when_full = old.when_full;
  request.cpu_count = old.cpu_count;
  request.memory_mib = old.memory_mib;
  request.gang = std::move(old.gang);
  return request;
}

}  // namespace orrery
