#include "drivers/slurm/inventory/known_slurm.hpp"

#include <variant>

#include "actors/cluster/cluster.hpp"
#include "actors/node/node.hpp"
#include "actors/runtime/aggregate_actor.hpp"

namespace orrery {

KnownSlurm known_slurm(const EventLog& log, const std::string& cluster) {
  KnownSlurm known;
  known.slurm = replay<SlurmCluster>(log, cluster).state;
  known.is_cluster_declared =
      std::holds_alternative<Cluster::Declared>(replay<Cluster>(log, cluster).state);
  for (const auto& [name, node] : known.slurm.nodes) {
    const auto state = replay<Node>(log, node.node_id).state;
    if (const auto* registered = std::get_if<Node::Registered>(&state))
      known.registered.emplace(node.node_id, registered->description);
  }
  return known;
}

}  // namespace orrery
