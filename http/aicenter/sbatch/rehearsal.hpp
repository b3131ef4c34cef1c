#pragma once

#include <string_view>

#include "events/job_events.hpp"
#include "http/aicenter/sbatch/options.hpp"

namespace orrery::sbatch {

/// What a simulated driver plays in place of a script: the "#ORRERY" lines before its first
/// command, such as "#ORRERY --run-time=10m --exit-code=3 --utilisation=90%,0%@30m". Without any: a
/// minute of work that succeeds (docs/simulation.md).
Parsed<JobRehearsal> parse_rehearsal(std::string_view script);

}  // namespace orrery::sbatch
