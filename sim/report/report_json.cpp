#include "sim/report/report_json.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <boost/json.hpp>

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

/// Numbers, texts and empty things, which stand on the line of their name.
bool is_flat(const json::value& value) {
  const auto is_scalar = [](const json::value& part) { return !part.is_structured(); };
  if (value.is_array()) return std::ranges::all_of(value.get_array(), is_scalar);
  return !value.is_object() || value.get_object().empty();
}

/// Numbers as people write them, 0.5 rather than 5E-1.
void write_flat(const json::value& value, std::string& out) {
  if (value.is_double()) {
    const auto number = value.get_double();
    out += std::isfinite(number) ? fmt::format("{}", number) : "null";
  } else if (value.is_array()) {
    out += '[';
    for (const auto& element : value.get_array()) {
      if (out.back() != '[') out += ',';
      write_flat(element, out);
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

void write_readably(const json::value& value, std::string& out, std::size_t depth) {
  if (is_flat(value)) {
    write_flat(value, out);
    return;
  }
  const auto indent = std::string(2 * depth + 2, ' ');
  const auto* separator = "\n";
  const auto begin_part = [&] {
    out.append(separator).append(indent);
    separator = ",\n";
  };
  out += value.is_array() ? '[' : '{';
  if (value.is_array()) {
    for (const auto& element : value.get_array()) {
      begin_part();
      write_readably(element, out, depth + 1);
    }
  } else {
    for (const auto& [name, member] : value.get_object()) {
      begin_part();
      out.append(json::serialize(name)).append(": ");
      write_readably(member, out, depth + 1);
    }
  }
  out.append("\n").append(2 * depth, ' ') += value.is_array() ? ']' : '}';
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
  std::string text;
  write_readably(object, text, 0);
  return text + "\n";
}

}  // namespace orrery
