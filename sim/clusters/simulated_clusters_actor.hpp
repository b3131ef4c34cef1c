#pragma once

#include <chrono>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "actors/runtime/log_access.hpp"
#include "actors/runtime/tail_actor.hpp"

namespace orrery {

struct SimulatedClustersConfiguration {
  /// As the simulated driver's.
  double time_scale = 1.0;
  /// How often it is looked whether something breaks.
  std::chrono::milliseconds tick_interval{250};
  /// Appends of nodes and GPUs on their way at once. Enough to fill the log's groups while one is
  /// being synced; what a client appends stands behind so many at most.
  std::size_t appends_in_flight_max = 4'096;
};

/// Spawns what makes simulated clusters (simulated_clusters.hpp): registers the nodes that are
/// missing and their GPUs, says when all are there, and has the simulated driver play the faults
/// that are due. Told to exit, it saves a snapshot and quits.
caf::actor spawn_simulated_clusters(caf::actor_system& system, LogAccess log, CommandBus bus,
                                    caf::actor driver, SimulatedClustersConfiguration configuration,
                                    TailConfiguration tail = {});

}  // namespace orrery
