#include "cli/trace_table.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace orrery {
namespace {

using Row = std::vector<std::string>;

constexpr std::size_t text_column_count = 3;

Row titles(bool has_prices) {
  Row row{"trace",     "policy", "cluster", "jobs",     "never fit", "busy",
          "mean wait", "median", "95 %",    "slowdown", "makespan",  "GPU-hours"};
  if (has_prices) row.emplace_back("cost");
  return row;
}

std::string shown_cost(double cost, const std::string& currency) {
  return fmt::format("{}{:.2f}", currency, cost);
}

Row row_of(const ReportedTrace& trace, const PolicyRun& run) {
  return {trace.name,
          run.policy,
          fmt::format("{}x{}", run.node_count, run.gpus_per_node),
          fmt::format("{}", run.jobs_run),
          fmt::format("{}", run.jobs_never_fit),
          fmt::format("{:.1f} %", run.utilisation * 100),
          shown_duration(run.wait_s.mean),
          shown_duration(run.wait_s.p50),
          shown_duration(run.wait_s.p95),
          fmt::format("{:.1f}", run.slowdown.mean),
          shown_duration(run.makespan_s),
          fmt::format("{:.0f}", run.gpu_hours)};
}

Row row_of(const PolicyTotal& total) {
  return {"all together",
          total.label,
          "",
          fmt::format("{}", total.jobs_run),
          fmt::format("{}", total.jobs_never_fit),
          fmt::format("{:.1f} %", total.utilisation * 100),
          shown_duration(total.wait_s.mean),
          shown_duration(total.wait_s.p50),
          shown_duration(total.wait_s.p95),
          fmt::format("{:.1f}", total.slowdown.mean),
          "",
          fmt::format("{:.0f}", total.gpu_hours)};
}

bool has_prices(const TraceReport& report) {
  return std::any_of(report.traces.begin(), report.traces.end(), [](const auto& trace) {
    return std::any_of(trace.runs.begin(), trace.runs.end(),
                       [](const auto& run) { return run.cost > 0; });
  });
}

/// Columns as wide as their longest cell; numbers stand to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i < text_column_count ? fmt::format("{:<{}}  ", row[i], widths[i])
                                    : fmt::format("{:>{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace

std::string shown_duration(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  static constexpr std::array units{Unit{86'400, "d"}, Unit{3'600, "h"}, Unit{60, "min"}};
  for (const auto& unit : units)
    if (seconds >= 2 * unit.seconds)
      return fmt::format("{:.1f} {}", seconds / unit.seconds, unit.name);
  return fmt::format("{:.{}f} s", seconds, seconds > 0 && seconds < 10 ? 1 : 0);
}

std::string trace_table(const TraceReport& report) {
  const bool shows_costs = has_prices(report);
  std::vector<Row> rows{titles(shows_costs)};
  const auto add = [&](Row row, double cost) {
    if (shows_costs) row.push_back(shown_cost(cost, report.origin.currency));
    rows.push_back(std::move(row));
  };
  for (const auto& trace : report.traces)
    for (const auto& run : trace.runs) add(row_of(trace, run), run.cost);
  for (const auto& total : report.together) add(row_of(total), total.cost);
  return aligned(rows);
}

std::string trace_remarks(const TraceReport& report, std::span<const TraceResult> results) {
  std::string text;
  for (const auto& trace : report.traces) {
    if (trace.runs.empty() || trace.runs.front().jobs_never_fit == 0) continue;
    const auto& run = trace.runs.front();
    text +=
        fmt::format("{}: {} of {} jobs ask for more than {}x{} has; they never start\n", trace.name,
                    run.jobs_never_fit, trace.job_count, run.node_count, run.gpus_per_node);
  }
  double elapsed_s = 0;
  std::size_t job_count = 0;
  for (const auto& result : results) {
    elapsed_s += result.elapsed_s;
    job_count += result.jobs.size();
  }
  text += fmt::format("{} jobs played in {:.3f} s", job_count, elapsed_s);
  if (elapsed_s > 0)
    text += fmt::format(": {:.0f} jobs/s", static_cast<double>(job_count) / elapsed_s);
  return text + '\n';
}

}  // namespace orrery
