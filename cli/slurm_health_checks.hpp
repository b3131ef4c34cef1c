#pragma once

#include <vector>

#include "cli/health_checks.hpp"

namespace orrery {

/// Looks at the Slurm that the settings speak of, as this user on this machine: its programs, the
/// controller, rights, partitions, clocks, intervals, and what the nodes need of us. Submits
/// nothing. Takes as long as Slurm takes to answer: some deadlines where it is away.
std::vector<HealthFinding> run_slurm_health_checks(const Configuration& configuration);

}  // namespace orrery
