#include "cli/fork_reports.hpp"

#include <algorithm>
#include <ostream>
#include <vector>

#include <fmt/format.h>

#include "cli/build_version.hpp"
#include "sim/report/spread.hpp"

namespace orrery {
namespace {

/// One history's jobs of one tenant, or of all.
struct Sums {
  std::uint64_t started = 0;
  std::uint64_t waiting = 0;
  Spread wait_s;
  double gpu_hours = 0;
};

constexpr std::uint32_t all_tenants = UINT32_MAX;

Sums sums_of(const ForkComparison& comparison, const TraceResult& result, std::uint32_t tenant) {
  Sums sums;
  std::vector<double> waits;
  const auto fork_ms = result.makespan_ms - comparison.span_ms;
  for (std::size_t i = 0; i < result.jobs.size(); ++i) {
    const auto& job = comparison.trace.jobs[i];
    if (tenant != all_tenants && job.tenant != tenant) continue;
    const auto& traced = result.jobs[i];
    ++(traced.start_ms < 0 ? sums.waiting : sums.started);
    if (traced.start_ms < 0) continue;
    waits.push_back(static_cast<double>(traced.start_ms - job.submit_ms) / 1'000);
    const auto ran_ms = traced.end_ms - std::max(traced.start_ms, fork_ms);
    sums.gpu_hours +=
        static_cast<double>(std::max<std::int64_t>(ran_ms, 0)) * job.gpu_count / 3.6e6;
  }
  sums.wait_s = spread_of(waits);
  return sums;
}

struct Line {
  std::string what;
  std::string original;
  std::string fork;
  std::string difference;
};

Line line(std::string what, double original, double fork, int decimals, std::string_view unit) {
  return {std::move(what), fmt::format("{:.{}f}{}", original, decimals, unit),
          fmt::format("{:.{}f}{}", fork, decimals, unit),
          fmt::format("{:+.{}f}{}", fork - original, decimals, unit)};
}

void add_lines(const Sums& original, const Sums& fork, double price, std::vector<Line>& lines) {
  const auto count = [](std::uint64_t value) { return static_cast<double>(value); };
  lines.push_back(line("started", count(original.started), count(fork.started), 0, ""));
  lines.push_back(line("not started", count(original.waiting), count(fork.waiting), 0, ""));
  lines.push_back(line("wait, median", original.wait_s.p50, fork.wait_s.p50, 1, " s"));
  lines.push_back(line("wait, p95", original.wait_s.p95, fork.wait_s.p95, 1, " s"));
  lines.push_back(line("wait, mean", original.wait_s.mean, fork.wait_s.mean, 1, " s"));
  lines.push_back(line("GPU hours", original.gpu_hours, fork.gpu_hours, 2, ""));
  if (price > 0)
    lines.push_back(line("bill", original.gpu_hours * price, fork.gpu_hours * price, 2, ""));
}

std::vector<Line> lines_of_all(const ForkReport& report) {
  const auto& comparison = report.comparison;
  std::vector<Line> lines;
  add_lines(sums_of(comparison, comparison.original, all_tenants),
            sums_of(comparison, comparison.fork, all_tenants), report.price_per_gpu_hour, lines);
  lines.push_back(line("utilisation", comparison.original.utilisation_permille / 10.0,
                       comparison.fork.utilisation_permille / 10.0, 1, " %"));
  return lines;
}

/// Tenants by what they used in the original, the largest first.
std::vector<std::pair<std::uint32_t, std::pair<Sums, Sums>>> by_tenant(const ForkReport& report) {
  std::vector<std::pair<std::uint32_t, std::pair<Sums, Sums>>> tenants;
  const auto& comparison = report.comparison;
  for (std::uint32_t tenant = 0; tenant < comparison.trace.tenants.size(); ++tenant)
    tenants.emplace_back(tenant, std::pair(sums_of(comparison, comparison.original, tenant),
                                           sums_of(comparison, comparison.fork, tenant)));
  std::stable_sort(tenants.begin(), tenants.end(), [](const auto& a, const auto& b) {
    return a.second.first.gpu_hours > b.second.first.gpu_hours;
  });
  return tenants;
}

ReportTable counts_table(std::string title, std::string note, std::string column,
                         const std::map<std::string, std::uint64_t>& counts) {
  ReportTable table{std::move(title), std::move(note), {std::move(column), "how often"}, {}};
  for (const auto& [name, count] : counts) table.rows.push_back({name, std::to_string(count)});
  return table;
}

ReportTable table_of_all(const ForkReport& report) {
  ReportTable table{"Original and fork", "", {"", "original", "fork", "difference"}, {}};
  for (const auto& each : lines_of_all(report))
    table.rows.push_back({each.what, each.original, each.fork, each.difference});
  return table;
}

ReportTable table_of_tenants(const ForkReport& report) {
  const bool has_price = report.price_per_gpu_hour > 0;
  ReportTable table{
      "By tenant",
      "Waits in seconds; the original's, then the fork's.",
      {"tenant", "started", "fork", "median wait", "fork", "p95 wait", "fork", "GPU hours", "fork"},
      {}};
  if (has_price) table.columns.insert(table.columns.end(), {"bill", "fork"});
  for (const auto& [tenant, both] : by_tenant(report)) {
    const auto& [original, fork] = both;
    std::vector<std::string> row{report.comparison.trace.tenants[tenant],
                                 std::to_string(original.started),
                                 std::to_string(fork.started),
                                 fmt::format("{:.1f}", original.wait_s.p50),
                                 fmt::format("{:.1f}", fork.wait_s.p50),
                                 fmt::format("{:.1f}", original.wait_s.p95),
                                 fmt::format("{:.1f}", fork.wait_s.p95),
                                 fmt::format("{:.2f}", original.gpu_hours),
                                 fmt::format("{:.2f}", fork.gpu_hours)};
    for (const double hours : {original.gpu_hours, fork.gpu_hours})
      if (has_price) row.push_back(fmt::format("{:.2f}", hours * report.price_per_gpu_hour));
    table.rows.push_back(std::move(row));
  }
  return table;
}

void print(const ReportTable& table, std::ostream& out) {
  std::vector<std::size_t> widths;
  for (const auto& column : table.columns) widths.push_back(column.size());
  for (const auto& row : table.rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  const auto print_row = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      out << (i == 0 ? fmt::format("{:<{}}", row[i], widths[i])
                     : fmt::format("  {:>{}}", row[i], widths[i]));
    out << '\n';
  };
  out << '\n' << table.title << '\n';
  if (!table.note.empty()) out << table.note << '\n';
  print_row(table.columns);
  for (const auto& row : table.rows) print_row(row);
}

std::vector<ReportTable> tables_of(const ForkReport& report) {
  std::vector<ReportTable> tables{table_of_all(report), table_of_tenants(report)};
  if (!report.life.refused.empty())
    tables.push_back(counts_table("Refused in the fork",
                                  "Repeated requests that no longer fitted what had become of "
                                  "their object.",
                                  "reason", report.life.refused));
  if (!report.not_repeated.empty())
    tables.push_back(counts_table(
        "Not repeated",
        "People's requests of kinds that a fork doesn't repeat. The GPUs that these held are "
        "claimed all the same.",
        "event", report.not_repeated));
  return tables;
}

std::string introduction(const ForkReport& report) {
  const auto hours = static_cast<double>(report.comparison.span_ms) / 3.6e6;
  return fmt::format(
      "What would have happened from position {} on, had the policy been {}: {} requests asked "
      "again at their times over {}.",
      report.position, report.change, report.life.repeated_count,
      hours < 1 ? fmt::format("{:.1f} minutes", hours * 60) : fmt::format("{:.1f} hours", hours));
}

}  // namespace

void print_fork_report(const ForkReport& report, std::ostream& out) {
  out << introduction(report) << '\n';
  for (const auto& table : tables_of(report)) print(table, out);
}

ReportOrigin fork_report_origin(const ForkReport& report) {
  ReportOrigin origin;
  origin.title = fmt::format("Forked at position {}: {}", report.position, report.change);
  origin.introduction = introduction(report);
  origin.release = build_release();
  origin.commit = build_commit();
  origin.tables = tables_of(report);
  return origin;
}

}  // namespace orrery
