#pragma once

#include <boost/json/object.hpp>

#include "events/batch_policy_events.hpp"
#include "http/aicenter/cluster/cluster_nodes.hpp"

namespace orrery::aicenter {

/// What v0.0.38 shows of a node, a partition and a reservation: the same keys in the same order.
boost::json::object node_json(const AicenterContext& context, const ClusterNode& node);
boost::json::object partition_json(const BatchPolicy& policy, const BatchPartition& partition,
                                   const std::vector<ClusterNode>& nodes);
boost::json::object reservation_json(const BatchReservation& reservation,
                                     const std::vector<ClusterNode>& nodes);

/// "idle", "mixed", "allocated" or "down", and what else there is to say: "DRAIN" …
std::string_view node_state(const ClusterNode& node);
boost::json::array node_state_flags(const ClusterNode& node);

}  // namespace orrery::aicenter
