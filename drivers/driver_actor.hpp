#pragma once

#include <caf/all.hpp>

#include "actors/runtime/log_access.hpp"
#include "actors/runtime/tail_actor.hpp"
#include "drivers/driver.hpp"

namespace orrery {

/// Spawns the duties of the drivers (driver_duties.hpp) on the tail shell: they follow the log and
/// tell the driver of each node what to boot, start and stop there. After a crash they resume, so a
/// driver may be told again. Told to exit, the actor saves a snapshot and quits.
caf::actor spawn_driver_duties(caf::actor_system& system, LogAccess log, DriverActors drivers,
                               TailConfiguration configuration = {});

}  // namespace orrery
