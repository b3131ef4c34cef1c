#pragma once

#include "sim/report/page.hpp"

namespace orrery {

/// The charts of a trace that has runs: use, queue and fragmentation over time, waits and slowdowns
/// of all, by size and by tenant, and cost; each with its table.
void write_trace_charts(Page& page, const ReportedTrace& trace);

}  // namespace orrery
