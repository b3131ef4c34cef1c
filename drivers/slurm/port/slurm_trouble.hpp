#pragma once

#include <string_view>

#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

/// What follows from what Slurm's programs or slurmrestd say went wrong. Only refusals that are
/// known to be final are `refused`: a request that is taken for lost is made again, and is given up
/// after some attempts, while a refused one fails at once.
SlurmTrouble slurm_trouble(std::string_view message);

/// Whether it says that there is nothing left to be cancelled or signalled.
bool says_no_such_job(std::string_view message);

}  // namespace orrery
