#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/report/trace_report.hpp"

namespace orrery {

/// GPUs that a job has while it runs; a share of one is less than 1.
double gpus_of(const TraceJob& job);

/// The cluster in `step_count` steps from the first submission to the last end. Use and queue are
/// summed up from the jobs themselves, exactly; how scattered the free GPUs are only the samples
/// tell. Jobs that never started wait nowhere.
Timeline timeline_of(const Trace& trace, const TraceResult& result, std::size_t step_count);

}  // namespace orrery
