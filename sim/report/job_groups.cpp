#include "sim/report/job_groups.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "sim/report/printable.hpp"
#include "sim/report/spread.hpp"
#include "sim/report/timeline.hpp"

namespace orrery {
namespace {

struct SizeClass {
  std::uint32_t gpu_count_max;
  std::string_view name;
};
constexpr std::array<SizeClass, 8> size_classes{{{0, "no GPU"},
                                                 {1, "1 GPU"},
                                                 {4, "2–4 GPUs"},
                                                 {8, "5–8 GPUs"},
                                                 {16, "9–16 GPUs"},
                                                 {64, "17–64 GPUs"},
                                                 {256, "65–256 GPUs"},
                                                 {0xFFFFFFFF, "over 256 GPUs"}}};
constexpr std::size_t share_class = size_classes.size();

std::size_t size_class_of(const TraceJob& job) {
  if (job.gpu_count == 1 && job.gpu_milli < 1'000) return share_class;
  return static_cast<std::size_t>(
      std::ranges::lower_bound(size_classes, job.gpu_count, {}, &SizeClass::gpu_count_max) -
      size_classes.begin());
}

double wait_s_of(const TraceJob& job, const TracedJob& traced) {
  return static_cast<double>(std::max<std::int64_t>(0, traced.start_ms - job.submit_ms)) / 1'000;
}
double run_s_of(const TracedJob& traced) {
  return static_cast<double>(std::max<std::int64_t>(0, traced.end_ms - traced.start_ms)) / 1'000;
}
double slowdown_of(double wait_s, double run_s) {
  return std::max(1.0, (wait_s + run_s) / std::max(run_s, slowdown_run_s_min));
}

/// Groups the jobs by `group_of_job`; a group that no job is in has a count of 0.
std::vector<JobGroup> grouped(const Trace& trace, const TraceResult& result, double price,
                              std::size_t group_count,
                              const std::vector<std::uint32_t>& group_of_job) {
  std::vector<JobGroup> groups(group_count);
  std::vector<JobValues> values(group_count);
  for (const auto& traced : result.jobs) {
    const auto& job = trace.jobs[traced.job];
    const auto index = group_of_job[traced.job];
    ++groups[index].job_count;
    if (traced.start_ms < 0) continue;
    const auto wait_s = wait_s_of(job, traced);
    const auto run_s = run_s_of(traced);
    groups[index].gpu_hours += gpus_of(job) * run_s / 3'600;
    values[index].wait_s.push_back(wait_s);
    values[index].slowdown.push_back(slowdown_of(wait_s, run_s));
  }
  for (std::size_t i = 0; i < group_count; ++i) {
    groups[i].cost = groups[i].gpu_hours * price;
    groups[i].wait_s = spread_of(values[i].wait_s);
    groups[i].slowdown = spread_of(values[i].slowdown);
  }
  return groups;
}

/// Tenants by the GPU-hours that they asked for, the most first.
std::vector<std::uint32_t> largest_tenants(const Trace& trace) {
  std::vector<double> gpu_ms(trace.tenants.size());
  for (const auto& job : trace.jobs)
    gpu_ms[job.tenant] += gpus_of(job) * static_cast<double>(job.run_ms);
  std::vector<std::uint32_t> tenants(trace.tenants.size());
  std::iota(tenants.begin(), tenants.end(), 0U);
  std::ranges::stable_sort(tenants, std::greater(),
                           [&](std::uint32_t tenant) { return gpu_ms[tenant]; });
  return tenants;
}

}  // namespace

JobValues wait_and_slowdown(const Trace& trace, const TraceResult& result) {
  JobValues values;
  values.wait_s.reserve(result.jobs.size());
  values.slowdown.reserve(result.jobs.size());
  for (const auto& traced : result.jobs) {
    if (traced.start_ms < 0) continue;
    const auto wait_s = wait_s_of(trace.jobs[traced.job], traced);
    values.wait_s.push_back(wait_s);
    values.slowdown.push_back(slowdown_of(wait_s, run_s_of(traced)));
  }
  return values;
}

std::vector<JobGroup> groups_by_size(const Trace& trace, const TraceResult& result,
                                     double price_per_gpu_hour) {
  std::vector<std::uint32_t> group_of_job;
  group_of_job.reserve(trace.jobs.size());
  for (const auto& job : trace.jobs)
    group_of_job.push_back(static_cast<std::uint32_t>(size_class_of(job)));
  auto groups = grouped(trace, result, price_per_gpu_hour, size_classes.size() + 1, group_of_job);
  for (std::size_t i = 0; i < size_classes.size(); ++i) groups[i].name = size_classes[i].name;
  groups[share_class].name = "part of a GPU";
  // A part is less than one.
  std::rotate(groups.begin() + 1, groups.end() - 1, groups.end());
  std::erase_if(groups, [](const JobGroup& group) { return group.job_count == 0; });
  return groups;
}

std::vector<JobGroup> groups_by_tenant(const Trace& trace, const TraceResult& result,
                                       double price_per_gpu_hour) {
  const auto tenants = largest_tenants(trace);
  // A single tenant more needs no more room than "1 other".
  const auto shown = tenants.size() <= tenants_shown_max + 1 ? tenants.size() : tenants_shown_max;
  std::vector<std::uint32_t> group_of_tenant(tenants.size(), static_cast<std::uint32_t>(shown));
  for (std::size_t i = 0; i < shown; ++i)
    group_of_tenant[tenants[i]] = static_cast<std::uint32_t>(i);
  std::vector<std::uint32_t> group_of_job;
  group_of_job.reserve(trace.jobs.size());
  for (const auto& job : trace.jobs) group_of_job.push_back(group_of_tenant[job.tenant]);
  auto groups = grouped(trace, result, price_per_gpu_hour, shown + 1, group_of_job);
  for (std::size_t i = 0; i < shown; ++i) groups[i].name = printable(trace.tenants[tenants[i]]);
  groups[shown].name = fmt::format("{} others", tenants.size() - shown);
  std::erase_if(groups, [](const JobGroup& group) { return group.job_count == 0; });
  return groups;
}

std::vector<OutcomeCount> outcomes_of(const Trace& trace) {
  constexpr std::array all{TraceOutcome::completed, TraceOutcome::failed, TraceOutcome::cancelled,
                           TraceOutcome::unknown};
  std::vector<OutcomeCount> outcomes;
  for (const auto outcome : all) {
    OutcomeCount count{boost::describe::enum_to_string(outcome, "unknown"), 0, 0};
    for (const auto& job : trace.jobs) {
      if (job.outcome != outcome) continue;
      ++count.job_count;
      count.gpu_hours += gpus_of(job) * static_cast<double>(job.run_ms) / 3'600'000;
    }
    if (count.job_count > 0) outcomes.push_back(std::move(count));
  }
  return outcomes;
}

}  // namespace orrery
