#pragma once

#include <chrono>
#include <vector>

#include <caf/all.hpp>

#include "actors/runtime/tick.hpp"

namespace orrery {

/// The one actor with a timer: sends `Tick` to every listener each `interval`, by the actor
/// system's clock (in simulation: the virtual one). It takes no messages but its own, and lives
/// until it is told to exit.
struct ClockActorConfiguration {
  std::chrono::milliseconds interval{250};
  std::vector<caf::actor> listeners;
};

caf::actor spawn_clock(caf::actor_system& system, ClockActorConfiguration configuration);

}  // namespace orrery
