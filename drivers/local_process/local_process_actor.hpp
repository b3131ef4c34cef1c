#pragma once

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "drivers/driver.hpp"
#include "drivers/local_process/local_process_configuration.hpp"

namespace orrery {

/// Spawns the driver that runs services and batch jobs as processes of this host. It takes the
/// messages of drivers/driver.hpp for nodes, services and jobs; what is owed of others it leaves
/// alone. It has a thread of its own that starts, watches, probes and ends processes, and reports
/// what happens as commands to `bus`.
///
/// Processes outlive it: told to exit, it leaves them to their supervisors, and the next one on the
/// same directory adopts them (docs/local-process.md).
caf::actor spawn_local_process_driver(caf::actor_system& system, CommandBus bus,
                                      LocalProcessConfiguration configuration);

}  // namespace orrery
