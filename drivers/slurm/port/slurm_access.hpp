#pragma once

#include <memory>

#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// The Slurm that the settings speak of: by its programs, or by slurmrestd. Nothing is asked yet.
std::unique_ptr<SlurmPort> make_slurm_port(const SlurmAccess& access);

}  // namespace orrery
