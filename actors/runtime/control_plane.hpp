#pragma once

#include <chrono>
#include <vector>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "actors/runtime/log_access.hpp"
#include "actors/runtime/registry_actor.hpp"
#include "actors/runtime/tail_actor.hpp"
#include "storage/clock.hpp"

namespace orrery {

struct ControlPlaneConfiguration {
  /// These outlive the control plane. The listeners must have caught up with the log already.
  EventLog* log = nullptr;
  const Clock* clock = nullptr;
  std::vector<CommitListener*> listeners;
  /// False only where everything shall run on one thread, as in simulation.
  bool log_thread_of_its_own = true;
  std::chrono::milliseconds tick_interval{250};
  RegistryConfiguration registry;
  TailConfiguration tail;
};

/// Everything that decides, wired: the log actor, a registry for each aggregate, placement, the
/// processes, the clock. The constructor returns at once; commands are taken from then on, while
/// placement and the processes still fold the log.
class ControlPlane {
 public:
  ControlPlane(caf::actor_system& system, ControlPlaneConfiguration configuration);
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  const CommandBus& bus() const { return bus_; }
  /// The log actor.
  const caf::actor& log() const { return log_.actor; }
  const LogAccess& log_access() const { return log_; }
  const TailConfiguration& tail_configuration() const { return configuration_.tail; }
  /// Placement and the processes, for `AskApplied`.
  const std::vector<caf::actor>& tails() const { return tails_; }

  /// True once placement and the processes have folded the log up to the head at their start and
  /// resumed. Blocks up to `timeout`. Not on an actor's thread, not in simulation.
  bool await_ready(std::chrono::milliseconds timeout) const;

  /// Tailers save their snapshots, then everything ends, the log actor last. Waits for it. Not on
  /// an actor's thread, not in simulation. Commands on their way are answered with an error. Twice
  /// is once.
  void stop();

  /// Tells everything to end at once, without waiting: a crash, as far as actors can tell.
  void abandon();

 private:
  caf::actor_system& system_;
  ControlPlaneConfiguration configuration_;
  LogAccess log_;
  CommandBus bus_;
  std::vector<caf::actor> tails_;
  caf::actor clock_;
  bool stopped_ = false;
};

/// The settings every program of ours gives CAF: work sharing (the default, work stealing, is ten
/// times slower with many runnable actors), logging off.
void configure_actors(caf::actor_system_config& configuration);

}  // namespace orrery
