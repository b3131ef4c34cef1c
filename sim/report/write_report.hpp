#pragma once

#include <iosfwd>
#include <span>

#include "sim/report/report_origin.hpp"
#include "sim/traces/trace.hpp"
#include "sim/traces/trace_result.hpp"

namespace orrery {

/// Traces under policies, side by side, as one self-contained HTML page: no script, no network,
/// light and dark, below 1 MB whatever the number of jobs. Each result belongs to the trace whose
/// name it bears (std::invalid_argument where there is none). The same input gives the same bytes.
///
/// A fork is written by the same: its requests as a `Trace`, what became of them in the original
/// and in the fork as two results of it, whose policies name them, bills and what wasn't repeated
/// as tables of the origin.
void write_report_html(std::ostream& out, std::span<const TraceResult> results,
                       std::span<const Trace> traces, const ReportOrigin& origin = {});

/// The same as JSON (docs/formats/trace-report.md).
void write_report_json(std::ostream& out, std::span<const TraceResult> results,
                       std::span<const Trace> traces, const ReportOrigin& origin = {});

}  // namespace orrery
