#include "sim/report/write_report.hpp"

#include <ostream>

#include "sim/report/report_html.hpp"
#include "sim/report/report_json.hpp"
#include "sim/report/trace_report.hpp"

namespace orrery {

void write_report_html(std::ostream& out, std::span<const TraceResult> results,
                       std::span<const Trace> traces, const ReportOrigin& origin) {
  out << report_html(summarise(results, traces, origin));
}

void write_report_json(std::ostream& out, std::span<const TraceResult> results,
                       std::span<const Trace> traces, const ReportOrigin& origin) {
  out << report_json(summarise(results, traces, origin));
}

}  // namespace orrery
