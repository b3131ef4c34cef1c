#pragma once

#include <caf/all.hpp>

#include "actors/runtime/log_access.hpp"
#include "actors/runtime/tail_actor.hpp"
#include "drivers/driver.hpp"

namespace orrery {

/// Spawns the duties of a driver (driver_duties.hpp) on the tail shell: they follow the log and
/// tell `driver` what to boot, start and stop. After a crash they resume, so the driver may be told
/// again. Told to exit, the actor saves a snapshot and quits.
caf::actor spawn_driver_duties(caf::actor_system& system, LogAccess log, caf::actor driver,
                               TailConfiguration configuration = {});

}  // namespace orrery
