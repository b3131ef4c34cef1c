#pragma once

#include <map>
#include <string>

#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "events/node_events.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// What the log says of a Slurm and its nodes.
struct KnownSlurm {
  SlurmCluster::State slurm;
  /// By the names of the nodes here.
  std::map<std::string, NodeRegistered, std::less<>> registered;
  bool is_cluster_declared = false;
};

/// Stops the program where the log is damaged.
KnownSlurm known_slurm(const EventLog& log, const std::string& cluster);

}  // namespace orrery
