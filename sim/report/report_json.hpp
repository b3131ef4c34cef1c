#pragma once

#include <string>
#include <string_view>

#include "sim/report/trace_report.hpp"

namespace orrery {

/// What `"schema"` and `"version"` say; the version grows where a reader would have to change.
inline constexpr std::string_view report_schema = "orrery.trace-report";
inline constexpr int report_version = 1;

/// The report as docs/formats/trace-report.md describes it, a member a line.
std::string report_json(const TraceReport& report);

}  // namespace orrery
