#pragma once

#include <string>

#include "sim/report/trace_report.hpp"

namespace orrery {

/// The page. It has no script, asks for nothing over the network, and its own content security
/// policy forbids both; what the report holds is text in it, whatever it looks like.
std::string report_html(const TraceReport& report);

}  // namespace orrery
