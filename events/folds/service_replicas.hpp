#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/service_events.hpp"

namespace orrery {

/// What the replica of a group with this index is asked for as. It follows from the group's request
/// alone, so whoever folds that knows the replica before it exists. `index` is less than the number
/// of `service_ids`.
inline ServiceRequested request_of_replica(std::string_view group_id,
                                           const ServiceGroupRequested& group,
                                           std::uint32_t index) {
  ServiceRequested request;
  request.specification = group.specification;
  request.specification.name.append("-").append(group.service_ids[index]);
  const auto per_node = group.replica_count == 0 ? 1 : group.replica_count;
  request.replica = ServiceReplica{std::string(group_id), index, index / per_node,
                                   static_cast<std::uint32_t>(group.service_ids.size())};
  return request;
}

}  // namespace orrery
