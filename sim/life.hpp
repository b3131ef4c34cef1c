#pragma once

#include <chrono>
#include <memory>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "sim/clusters/simulated_clusters_actor.hpp"
#include "sim/live_views.hpp"
#include "sim/seeded_random.hpp"
#include "sim/simulated_driver_actor.hpp"
#include "storage/memory/memory_event_log.hpp"

namespace orrery {

struct LifeConfiguration {
  SimulatedDriverConfiguration driver;
  RegistryConfiguration registry;
  TailConfiguration tail;
  SimulatedClustersConfiguration clusters;
  std::chrono::milliseconds tick_interval{250};
  /// The simulated driver plays the nodes of other drivers, too.
  bool plays_all_nodes = false;
};

/// The control plane between two crashes: all its actors on one thread, run one message at a time
/// in whatever order the dice say. Destroying it is a crash: what was in memory is gone, nothing is
/// committed any more (the caller sees to that with the log's fate).
class Life {
 public:
  Life(MemoryEventLog& log, const Clock& clock, const LifeConfiguration& configuration);
  ~Life();
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  /// Lets one runnable actor, drawn by `random`, handle one message. False where none may run.
  bool run_one(SeededRandom& random);
  /// Runs until none may run.
  void run_all(SeededRandom& random);

  /// Virtual time passes for the actors' timers.
  void advance(std::chrono::microseconds span);

  /// A slow disk: while stalled, the log actor doesn't run.
  void stall_log(bool stalled) { log_is_stalled_ = stalled; }

  /// The orderly end: tailers save their snapshots. Only destruction may follow.
  void stop(SeededRandom& random);

  CommandGateway& gateway() { return gateway_; }
  LiveViews& views() { return views_; }
  const caf::actor& driver() const { return driver_; }

 private:
  struct Configuration : caf::actor_system_config {
    Configuration();
  };

  LiveViews views_;
  Configuration configuration_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator& scheduler_;
  ControlPlane control_plane_;
  CommandGateway gateway_;
  caf::actor driver_;
  caf::actor duties_;
  caf::actor clusters_;
  bool log_is_stalled_ = false;
};

}  // namespace orrery
