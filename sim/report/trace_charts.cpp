#include "sim/report/trace_charts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/report/page_tables.hpp"
#include "sim/report/quantity.hpp"

namespace orrery {
namespace {

/// The charts of one trace, with what they have in common.
class TraceCharts {
 public:
  TraceCharts(Page& page, const ReportedTrace& trace) : page_(page), trace_(trace) {}

  void utilisation() {
    strips(
        "Utilisation over time",
        "GPUs in use, as a share of all. One strip a policy, below each other on one clock.", 1,
        [](const PolicyRun& run) { return shares(run, run.timeline.gpus_in_use); }, percent_of,
        [](const PolicyRun& run) { return percent_text(run.utilisation) + " on average"; });
  }

  void queue() {
    double most = 0;
    for (const auto& run : trace_.runs)
      for (const auto value : run.timeline.waiting_jobs) most = std::max(most, value);
    strips(
        "Queue over time", "Jobs that wait, on average over each step of time.", most,
        [](const PolicyRun& run) { return run.timeline.waiting_jobs; }, count_text,
        [](const PolicyRun& run) {
          return fmt::format("at most {}", count_text(run.waiting_jobs_max));
        });
  }

  void fragmentation() {
    double most = 0;
    for (const auto& run : trace_.runs)
      for (const auto value : shares(run, run.timeline.fragmented_gpus))
        most = std::max(most, value);
    strips(
        "Fragmentation over time",
        "Free GPUs on nodes that are partly in use, as a share of all: too scattered for a job of "
        "whole nodes.",
        most, [](const PolicyRun& run) { return shares(run, run.timeline.fragmented_gpus); },
        percent_of,
        [](const PolicyRun& run) { return percent_text(run.fragmentation) + " on average"; });
  }

  void waits() {
    std::vector<Curve> curves;
    for (const auto& run : trace_.runs)
      curves.push_back({page_.series_of(run.label), run.label, run.wait_s_cumulative});
    if (trace_.recorded)
      curves.push_back({no_series, "as it was recorded", trace_.recorded->wait_s_cumulative});
    distribution("Waits",
                 trace_.recorded
                     ? "Share of jobs that waited at most so long. Dots: half and 95 % of them. "
                       "Dashed: as it was recorded."
                     : "Share of jobs that waited at most so long. Dots: half and 95 % of them.",
                 curves, ValueKind::duration, duration_text);
  }

  void slowdowns() {
    std::vector<Curve> curves;
    for (const auto& run : trace_.runs)
      curves.push_back({page_.series_of(run.label), run.label, run.slowdown_cumulative});
    distribution("Slowdowns",
                 "Share of jobs that took at most so many times their run, waiting included. "
                 "Shorter runs count as 10 s.",
                 curves, ValueKind::ratio, count_text);
  }

  void by_size() {
    grouped("Waits by size of job", &PolicyRun::by_size, &JobGroup::wait_s, ValueKind::duration,
            duration_text);
    grouped("Slowdowns by size of job", &PolicyRun::by_size, &JobGroup::slowdown, ValueKind::ratio,
            count_text);
  }

  void by_tenant() {
    if (trace_.tenant_count < 2) return;
    grouped("Waits by tenant", &PolicyRun::by_tenant, &JobGroup::wait_s, ValueKind::duration,
            duration_text);
    grouped("Slowdowns by tenant", &PolicyRun::by_tenant, &JobGroup::slowdown, ValueKind::ratio,
            count_text);
  }

  void cost() {
    const auto priced =
        std::ranges::any_of(trace_.runs, [](const PolicyRun& run) { return run.cost > 0; });
    if (!priced) return;
    std::vector<Bar> bars;
    for (const auto& run : trace_.runs)
      bars.push_back({page_.series_of(run.label), run.label, run.cost, run.cost_of_idle,
                      fmt::format("{} + {}", money(run.cost), money(run.cost_of_idle))});
    page_.figure(
        "Cost",
        "GPU-hours that were used, and paler those that nobody used until the last end, at one "
        "price.",
        [&](const ChartText& text) { draw_bars(page_.markup(), text, bars); },
        [&] { cost_table(); });
  }

 private:
  /// Of the end of a scale: whole percents but where there is only one or a part of one.
  static std::string percent_of(double share) {
    return fmt::format("{:.{}f} %", share * 100, share > 0 && share < 0.02 ? 1 : 0);
  }

  static std::vector<double> shares(const PolicyRun& run, const std::vector<double>& gpus) {
    const auto all = std::max(1.0, static_cast<double>(run.gpu_count));
    std::vector<double> shares;
    for (const auto value : gpus) shares.push_back(value / all);
    return shares;
  }

  template <class Values, class Remark>
  void strips(std::string_view heading, std::string_view how_to_read, double value_max,
              Values values_of, const SayValue& say, Remark remark_of) {
    std::vector<std::vector<double>> values;
    for (const auto& run : trace_.runs) values.push_back(values_of(run));
    std::vector<TimeSeries> strips;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& run = trace_.runs[i];
      strips.push_back(
          {page_.series_of(run.label), run.label, remark_of(run), run.timeline.step_s, values[i]});
    }
    page_.figure(
        heading, how_to_read,
        [&](const ChartText& text) { draw_strips(page_.markup(), text, strips, value_max, say); },
        [&] { write_strip_table(page_.markup(), strips, say); });
  }

  void distribution(std::string_view heading, std::string_view how_to_read,
                    const std::vector<Curve>& curves, ValueKind kind, const SayValue& say) {
    page_.figure(
        heading, how_to_read,
        [&](const ChartText& text) { draw_curves(page_.markup(), text, curves, kind); },
        [&] { write_curve_table(page_.markup(), curves, say); });
  }

  void grouped(std::string_view heading, std::vector<JobGroup> PolicyRun::*groups_of,
               Spread JobGroup::*spread_of, ValueKind kind, const SayValue& say) {
    std::vector<RangeGroup> groups;
    for (const auto& group : trace_.runs.front().*groups_of) groups.push_back({group.name, {}});
    for (const auto& run : trace_.runs) {
      const auto& own = run.*groups_of;
      for (std::size_t i = 0; i < groups.size() && i < own.size(); ++i)
        groups[i].ranges.push_back({page_.series_of(run.label), run.label, own[i].*spread_of});
    }
    for (std::size_t i = 0; i < groups.size(); ++i)
      groups[i].name += fmt::format(
          " · {} jobs",
          count_text(static_cast<double>((trace_.runs.front().*groups_of)[i].job_count)));
    page_.figure(
        heading, "Bar: the middle half of the jobs, tick: the median, line: up to 95 % of them.",
        [&](const ChartText& text) { draw_ranges(page_.markup(), text, groups, kind); },
        [&] { write_range_table(page_.markup(), groups, say); });
  }

  std::string money(double amount) const { return money_text(page_.currency(), amount); }

  /// What each tenant pays differs between policies only by the jobs that never fit.
  void cost_table() {
    std::vector<std::string> columns{"Policy", "Used", "Idle"};
    for (const auto& tenant : trace_.runs.front().by_tenant) columns.push_back(tenant.name);
    std::vector<std::vector<std::string>> rows;
    for (const auto& run : trace_.runs) {
      auto& cells = rows.emplace_back(
          std::vector<std::string>{run.label, money(run.cost), money(run.cost_of_idle)});
      for (const auto& tenant : run.by_tenant) cells.push_back(money(tenant.cost));
    }
    write_table(page_.markup(), columns, rows);
  }

  Page& page_;
  const ReportedTrace& trace_;
};

}  // namespace

void write_trace_charts(Page& page, const ReportedTrace& trace) {
  TraceCharts charts(page, trace);
  charts.utilisation();
  charts.queue();
  charts.fragmentation();
  charts.waits();
  charts.slowdowns();
  charts.cost();
  charts.by_size();
  charts.by_tenant();
}

}  // namespace orrery
