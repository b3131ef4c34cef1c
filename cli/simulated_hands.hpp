#pragma once

#include <caf/all.hpp>

#include "actors/runtime/control_plane.hpp"
#include "cli/configuration.hpp"

namespace orrery {

/// The hands of a server whose clusters are simulated: the driver, and the duties that tell it what
/// is owed as the log says.
class SimulatedHands {
 public:
  SimulatedHands(caf::actor_system& actors, const ControlPlane& control_plane,
                 const Configuration& configuration);

  /// Where `stop` was not called, the start has failed: both are killed, for timers of theirs would
  /// keep the actor system, and so the process, from ending.
  ~SimulatedHands();
  SimulatedHands(const SimulatedHands&) = delete;
  SimulatedHands& operator=(const SimulatedHands&) = delete;

  /// The duties save where they are; then both have ended. Before the control plane stops.
  void stop();

 private:
  caf::actor_system& actors_;
  caf::actor driver_;
  caf::actor duties_;
};

}  // namespace orrery
