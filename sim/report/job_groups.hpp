#pragma once

#include <cstddef>
#include <vector>

#include "sim/report/trace_report.hpp"

namespace orrery {

/// Tenants with a line of their own; all others share one.
inline constexpr std::size_t tenants_shown_max = 8;

/// Shorter jobs count as so long in a slowdown, or one that waits a second to run for a millisecond
/// would be the slowest of all.
inline constexpr double slowdown_run_s_min = 10;

/// Of each job that ran, in the order of the trace.
struct JobValues {
  std::vector<double> wait_s;
  /// (wait + run) / run, at least 1: the bounded slowdown.
  std::vector<double> slowdown;
};

JobValues wait_and_slowdown(const Trace& trace, const TraceResult& result);

/// From small to large; only sizes that occur. Every run of a trace has the same groups.
std::vector<JobGroup> groups_by_size(const Trace& trace, const TraceResult& result,
                                     double price_per_gpu_hour);

/// The tenants that asked for the most GPU-hours, and all others together. Every run of a trace has
/// the same groups.
std::vector<JobGroup> groups_by_tenant(const Trace& trace, const TraceResult& result,
                                       double price_per_gpu_hour);

/// How the jobs ended in reality, as the trace says; only outcomes that occur.
std::vector<OutcomeCount> outcomes_of(const Trace& trace);

}  // namespace orrery
