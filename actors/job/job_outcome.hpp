#pragma once

#include <optional>

#include "events/job_events.hpp"

namespace orrery {

/// What a job has come to that was told to end so. `stop` says why; without one it ended by itself.
JobEnded outcome_of(const std::optional<JobStopRequested>& stop, const JobExited& exit);

/// The same of one that never ran.
JobEnded outcome_of(JobStopReason reason);

}  // namespace orrery
