#pragma once

#include <functional>
#include <memory>
#include <string>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "actors/runtime/log_access.hpp"
#include "drivers/driver.hpp"
#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// Look at Slurm and at the claims now: something has happened. Anybody may send it to the driver;
/// nothing depends on it.
struct SlurmHint {};

/// Takes what an operator should know of, on whichever thread.
using SlurmWarning = std::function<void(const std::string&)>;

/// Spawns the driver that hands services, batch jobs and instances to a Slurm. It takes the
/// messages of drivers/driver.hpp; VMs it refuses, and GPUs are mended by the site. A thread of its
/// own decides what Slurm is asked for (runs/slurm_runs.hpp), others carry that out by `port`, and
/// what happens is reported as commands to `bus`.
///
/// Told to exit, it leaves everything in Slurm as it is; the next one on the same directory and log
/// goes on with it (docs/slurm.md).
caf::actor spawn_slurm_driver(caf::actor_system& system, CommandBus bus, LogAccess log,
                              SlurmConfiguration configuration, std::unique_ptr<SlurmPort> port,
                              SlurmWarning warn = {});

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::SlurmHint)
