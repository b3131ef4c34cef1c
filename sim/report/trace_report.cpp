#include "sim/report/trace_report.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "sim/report/job_groups.hpp"
#include "sim/report/printable.hpp"
#include "sim/report/spread.hpp"
#include "sim/report/timeline.hpp"

namespace orrery {
namespace {

constexpr std::size_t bad_lines_shown_max = 20;
constexpr std::size_t bad_line_reasons_max = 20;

/// Waits and slowdowns of every job under one label, over all traces.
struct Pool {
  std::vector<double> wait_s;
  std::vector<double> slowdown;
  double gpu_hours_possible = 0;
  std::size_t trace_count = 0;
};
using Pools = std::unordered_map<std::string, Pool>;

std::uint64_t gpus_in_cluster(const TraceResult& result) {
  if (result.gpu_count != 0) return result.gpu_count;
  return std::uint64_t{result.node_count} * result.gpus_per_node;
}

/// Steps of a timeline: the more charts there are, the coarser they may be.
std::size_t step_count_for(std::size_t run_count) {
  return std::clamp<std::size_t>(14'000 / std::max<std::size_t>(run_count, 1), 60, 200);
}

const Trace& trace_of(const TraceResult& result, std::span<const Trace> traces) {
  const auto found = std::ranges::find(traces, result.trace, &Trace::name);
  if (found == traces.end())
    throw std::invalid_argument("a result is of a trace that isn't given: " + result.trace);
  const auto fits = [&](const TracedJob& traced) { return traced.job < found->jobs.size(); };
  if (result.jobs.size() != found->jobs.size() || !std::ranges::all_of(result.jobs, fits))
    throw std::invalid_argument("a result has other jobs than its trace: " + result.trace);
  return *found;
}

/// What tells the runs of a trace from each other, as short as it may be.
std::vector<std::string> labels_of(const std::vector<const TraceResult*>& results) {
  std::vector<std::string> labels;
  const auto occurs_once = [&](const std::string& label) {
    return std::ranges::count(labels, label) == 1;
  };
  for (const auto* result : results) labels.push_back(printable(result->policy));
  const auto policies = labels;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (std::ranges::count(policies, policies[i]) > 1)
      labels[i] += fmt::format(" on {} × {}", results[i]->node_count, results[i]->gpus_per_node);
  const auto with_cluster = labels;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (std::ranges::count(with_cluster, with_cluster[i]) > 1)
      labels[i] += fmt::format(", seed {}", results[i]->seed);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (!occurs_once(labels[i])) labels[i] += fmt::format(" ({})", i + 1);
  return labels;
}

void count_jobs(PolicyRun& run, const Trace& trace, const TraceResult& result, Pool& pool) {
  auto values = wait_and_slowdown(trace, result);
  pool.wait_s.insert(pool.wait_s.end(), values.wait_s.begin(), values.wait_s.end());
  pool.slowdown.insert(pool.slowdown.end(), values.slowdown.begin(), values.slowdown.end());
  ++pool.trace_count;
  run.jobs_run = values.wait_s.size();
  run.jobs_never_fit = result.jobs.size() - values.wait_s.size();
  run.wait_s = spread_of(values.wait_s);
  run.slowdown = spread_of(values.slowdown);
  run.wait_s_cumulative = cumulative_of(values.wait_s);
  run.slowdown_cumulative = cumulative_of(values.slowdown);
}

void count_capacity(PolicyRun& run, Pool& pool) {
  const auto gpus = static_cast<double>(run.gpu_count);
  const auto possible = gpus * run.makespan_s / 3'600;
  pool.gpu_hours_possible += possible;
  const auto price = run.gpu_hours > 0 ? run.cost / run.gpu_hours : 0;
  run.cost_of_idle = price * std::max(0.0, possible - run.gpu_hours);
  const auto& fragmented = run.timeline.fragmented_gpus;
  if (gpus <= 0 || fragmented.empty()) return;
  double sum = 0;
  for (const auto value : fragmented) sum += value;
  run.fragmentation = sum / static_cast<double>(fragmented.size()) / gpus;
}

PolicyRun run_of(std::string label, const Trace& trace, const TraceResult& result,
                 std::size_t step_count, Pool& pool) {
  PolicyRun run;
  run.label = std::move(label);
  run.policy = printable(result.policy);
  run.node_count = result.node_count;
  run.gpus_per_node = result.gpus_per_node;
  run.gpu_count = gpus_in_cluster(result);
  run.seed = result.seed;
  run.hash = printable(result.hash);
  run.makespan_s = static_cast<double>(result.makespan_ms) / 1'000;
  run.utilisation = result.utilisation_permille / 1'000.0;
  run.gpu_hours = result.gpu_hours;
  run.cost = result.cost;
  count_jobs(run, trace, result, pool);
  const auto price = run.gpu_hours > 0 ? run.cost / run.gpu_hours : 0;
  run.by_size = groups_by_size(trace, result, price);
  run.by_tenant = groups_by_tenant(trace, result, price);
  run.timeline = timeline_of(trace, result, step_count);
  count_capacity(run, pool);
  for (const auto waiting : run.timeline.waiting_jobs_max)
    run.waiting_jobs_max = std::max(run.waiting_jobs_max, static_cast<std::uint32_t>(waiting));
  return run;
}

void count_bad_lines(ReportedTrace& summary, const Trace& trace) {
  summary.bad_line_count = trace.bad_lines.size();
  std::unordered_map<std::string, std::uint64_t> counts;
  for (const auto& bad : trace.bad_lines) {
    const auto reason = printable(bad.reason);
    ++counts[reason];
    if (summary.bad_lines.size() < bad_lines_shown_max)
      summary.bad_lines.push_back({printable(bad.file), bad.line, reason});
  }
  for (auto& [reason, count] : counts) summary.bad_line_reasons.push_back({reason, count});
  std::ranges::sort(summary.bad_line_reasons, [](const auto& one, const auto& other) {
    return std::pair(other.count, one.reason) < std::pair(one.count, other.reason);
  });
  if (summary.bad_line_reasons.size() <= bad_line_reasons_max) return;
  BadLineReason rest{"other reasons", 0};
  for (std::size_t i = bad_line_reasons_max; i < summary.bad_line_reasons.size(); ++i)
    rest.count += summary.bad_line_reasons[i].count;
  summary.bad_line_reasons.resize(bad_line_reasons_max);
  summary.bad_line_reasons.push_back(rest);
}

void count_recorded(ReportedTrace& summary, const Trace& trace) {
  std::vector<double> wait_s;
  for (const auto& job : trace.jobs)
    if (job.recorded_wait_ms >= 0)
      wait_s.push_back(static_cast<double>(job.recorded_wait_ms) / 1'000);
  if (wait_s.empty()) return;
  RecordedWaits recorded;
  recorded.wait_s = spread_of(wait_s);
  recorded.wait_s_cumulative = cumulative_of(wait_s);
  summary.recorded = std::move(recorded);
}

ReportedTrace summary_of(const Trace& trace) {
  ReportedTrace summary;
  summary.name = printable(trace.name);
  summary.job_count = trace.jobs.size();
  summary.tenant_count = trace.tenants.size();
  if (!trace.jobs.empty())
    summary.span_s =
        static_cast<double>(trace.jobs.back().submit_ms - trace.jobs.front().submit_ms) / 1'000;
  summary.outcomes = outcomes_of(trace);
  count_bad_lines(summary, trace);
  count_recorded(summary, trace);
  return summary;
}

/// The runs that every trace has.
std::vector<PolicyTotal> totals_of(const std::vector<ReportedTrace>& traces, Pools& pools) {
  std::vector<PolicyTotal> totals;
  if (traces.size() < 2) return totals;
  for (const auto& first : traces.front().runs) {
    auto& pool = pools[first.label];
    if (pool.trace_count != traces.size()) continue;
    PolicyTotal total;
    total.label = first.label;
    for (const auto& trace : traces) {
      const auto run = std::ranges::find(trace.runs, first.label, &PolicyRun::label);
      total.jobs_run += run->jobs_run;
      total.jobs_never_fit += run->jobs_never_fit;
      total.gpu_hours += run->gpu_hours;
      total.cost += run->cost;
      total.cost_of_idle += run->cost_of_idle;
    }
    if (pool.gpu_hours_possible > 0) total.utilisation = total.gpu_hours / pool.gpu_hours_possible;
    total.wait_s = spread_of(pool.wait_s);
    total.slowdown = spread_of(pool.slowdown);
    totals.push_back(std::move(total));
  }
  return totals;
}

void make_printable(ReportOrigin& origin) {
  constexpr std::size_t text_length_max = 2'000;
  for (auto* text : {&origin.title, &origin.introduction, &origin.command, &origin.release,
                     &origin.commit, &origin.currency})
    *text = printable(*text, text_length_max);
  for (auto& note : origin.notes) note = printable(note, text_length_max);
  for (auto& table : origin.tables) {
    table.title = printable(table.title);
    table.note = printable(table.note, text_length_max);
    for (auto& column : table.columns) column = printable(column);
    for (auto& row : table.rows)
      for (auto& cell : row) cell = printable(cell);
  }
}

}  // namespace

TraceReport summarise(std::span<const TraceResult> results, std::span<const Trace> traces,
                      ReportOrigin origin) {
  TraceReport report;
  report.origin = std::move(origin);
  make_printable(report.origin);
  Pools pools;
  const auto step_count = step_count_for(results.size());
  for (const auto& result : results) trace_of(result, traces);
  for (const auto& trace : traces) {
    auto summary = summary_of(trace);
    std::vector<const TraceResult*> own;
    for (const auto& result : results)
      if (&trace_of(result, traces) == &trace) own.push_back(&result);
    auto labels = labels_of(own);
    for (std::size_t i = 0; i < own.size(); ++i) {
      auto& pool = pools[labels[i]];
      summary.runs.push_back(run_of(labels[i], trace, *own[i], step_count, pool));
    }
    report.traces.push_back(std::move(summary));
  }
  report.together = totals_of(report.traces, pools);
  return report;
}

}  // namespace orrery
