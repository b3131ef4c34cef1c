#pragma once

#include "actors/job/job.hpp"

namespace orrery {

/// Makes of a job what the change says.
void apply_change(Job::Core& core, const JobChange& change);

/// Whether the change is one that a job takes that has its place already: nothing of it decides
/// where and as whose it runs.
bool is_for_any_phase(const JobChange& change);

}  // namespace orrery
