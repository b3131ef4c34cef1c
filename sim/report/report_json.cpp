#include "sim/report/report_json.hpp"

#include <utility>

#include <boost/json.hpp>

#include "sim/report/readable_json.hpp"

namespace orrery {

BOOST_DESCRIBE_STRUCT(BadLine, (), (file, line, reason))

namespace {

namespace json = boost::json;

json::object summary_json(const ReportedTrace& trace) {
  json::object object;
  object["name"] = trace.name;
  object["job_count"] = trace.job_count;
  object["tenant_count"] = trace.tenant_count;
  object["span_s"] = trace.span_s;
  object["outcomes"] = json::value_from(trace.outcomes);
  object["bad_line_count"] = trace.bad_line_count;
  object["bad_line_reasons"] = json::value_from(trace.bad_line_reasons);
  object["bad_lines"] = json::value_from(trace.bad_lines);
  if (trace.recorded) object["recorded"] = json::value_from(*trace.recorded);
  object["runs"] = json::value_from(trace.runs);
  return object;
}

}  // namespace

std::string report_json(const TraceReport& report) {
  json::object object;
  object["schema"] = report_schema;
  object["version"] = report_version;
  object["origin"] = json::value_from(report.origin);
  const auto permille = cumulative_permille();
  object["cumulative_permille"] = json::array(permille.begin(), permille.end());
  object["together"] = json::value_from(report.together);
  json::array traces;
  for (const auto& trace : report.traces) traces.push_back(summary_json(trace));
  object["traces"] = std::move(traces);
  return readable_json(std::move(object));
}

}  // namespace orrery
