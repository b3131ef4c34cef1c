#pragma once

#include <cstddef>

#include "sim/report/page.hpp"

namespace orrery {

/// Everything about one trace: its figures side by side, its charts with their tables, its bad
/// lines. `number` is the trace's own in the page, from 1.
void write_trace_section(Page& page, const ReportedTrace& trace, std::size_t number);

}  // namespace orrery
