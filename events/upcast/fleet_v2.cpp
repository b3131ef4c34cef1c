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

LeaseRequested upcast_lease_requested(LeaseRequestedV1 old) {
  LeaseRequested request;
  request.holder = std::move(old.holder);
  request.cluster = std::move(old.cluster);
  request.gpu_model = std::move(old.gpu_model);
  request.gpu_count = old.gpu_count;
  request.when_full = old.when_full;
  return request;
}

}  // namespace orrery
