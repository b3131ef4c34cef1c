#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "sim/report/trace_report.hpp"
#include "sim/traces/trace_result.hpp"

namespace orrery {

/// "0 s", "85 s", "34 min", "5.2 h", "3.1 d".
std::string shown_duration(double seconds);

/// Traces under policies as a table for people: a line of titles, a line for each trace and policy,
/// and where there are several traces one for all of them under each policy.
std::string trace_table(const TraceReport& report);

/// What stands below it: jobs that never fit, and how fast all that was played.
std::string trace_remarks(const TraceReport& report, std::span<const TraceResult> results);

}  // namespace orrery
