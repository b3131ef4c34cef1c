#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "sim/report/report_origin.hpp"
#include "sim/traces/trace.hpp"
#include "sim/traces/trace_result.hpp"

namespace orrery {

/// How values lie: seconds of waiting, or slowdowns. All 0 where `count` is. A quantile is the
/// smallest value that at least this share of all don't exceed.
struct Spread {
  std::uint64_t count = 0;
  double mean = 0;
  double p25 = 0;
  double p50 = 0;
  double p75 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
};
BOOST_DESCRIBE_STRUCT(Spread, (), (count, mean, p25, p50, p75, p95, p99, max))

/// Jobs of one size or one tenant. Only jobs that ran count in the hours and spreads.
struct JobGroup {
  std::string name;
  std::uint64_t job_count = 0;
  double gpu_hours = 0;
  double cost = 0;
  Spread wait_s;
  Spread slowdown;
};
BOOST_DESCRIBE_STRUCT(JobGroup, (), (name, job_count, gpu_hours, cost, wait_s, slowdown))

/// The cluster over time in equally long steps; every column has a value a step. Means over the
/// step, weighted by time; `waiting_jobs_max` is the most there were at once.
struct Timeline {
  double step_s = 0;
  std::vector<double> gpus_in_use;
  std::vector<double> waiting_jobs;
  std::vector<double> waiting_jobs_max;
  std::vector<double> waiting_gpus;
  std::vector<double> fragmented_gpus;
};
BOOST_DESCRIBE_STRUCT(Timeline, (),
                      (step_s, gpus_in_use, waiting_jobs, waiting_jobs_max, waiting_gpus,
                       fragmented_gpus))

/// The value below or at which each share of `cumulative_permille()` lies; empty without values.
using Cumulative = std::vector<double>;

/// A trace under one policy on one cluster.
struct PolicyRun {
  /// The policy, and what tells it from another run of the same policy: "backfill on 16 × 8".
  std::string label;
  std::string policy;
  std::uint32_t node_count = 0;
  /// Of the largest kind of node.
  std::uint32_t gpus_per_node = 0;
  std::uint64_t gpu_count = 0;
  std::uint64_t seed = 0;
  std::string hash;
  std::uint64_t jobs_run = 0;
  std::uint64_t jobs_never_fit = 0;
  double makespan_s = 0;
  double utilisation = 0;    // In [0, 1].
  double fragmentation = 0;  // The mean of `fragmented_gpus`, as a share of all GPUs.
  double gpu_hours = 0;
  double cost = 0;
  /// What the GPUs that nobody used until the last end would have cost at the same price.
  double cost_of_idle = 0;
  std::uint32_t waiting_jobs_max = 0;
  Spread wait_s;
  Spread slowdown;
  Cumulative wait_s_cumulative;
  Cumulative slowdown_cumulative;
  std::vector<JobGroup> by_size;
  std::vector<JobGroup> by_tenant;
  Timeline timeline;
};
BOOST_DESCRIBE_STRUCT(PolicyRun, (),
                      (label, policy, node_count, gpus_per_node, gpu_count, seed, hash, jobs_run,
                       jobs_never_fit, makespan_s, utilisation, fragmentation, gpu_hours, cost,
                       cost_of_idle, waiting_jobs_max, wait_s, slowdown, wait_s_cumulative,
                       slowdown_cumulative, by_size, by_tenant, timeline))

/// Waits that really were, of the jobs whose trace says.
struct RecordedWaits {
  Spread wait_s;
  Cumulative wait_s_cumulative;
};
BOOST_DESCRIBE_STRUCT(RecordedWaits, (), (wait_s, wait_s_cumulative))

struct OutcomeCount {
  std::string outcome;
  std::uint64_t job_count = 0;
  double gpu_hours = 0;
};
BOOST_DESCRIBE_STRUCT(OutcomeCount, (), (outcome, job_count, gpu_hours))

struct BadLineReason {
  std::string reason;
  std::uint64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(BadLineReason, (), (reason, count))

/// One trace and what became of it under each policy.
struct ReportedTrace {
  std::string name;
  std::uint64_t job_count = 0;
  std::uint64_t tenant_count = 0;
  /// First to last submission.
  double span_s = 0;
  std::vector<OutcomeCount> outcomes;
  std::uint64_t bad_line_count = 0;
  /// The most frequent first; and the first bad lines themselves.
  std::vector<BadLineReason> bad_line_reasons;
  std::vector<BadLine> bad_lines;
  std::optional<RecordedWaits> recorded;
  std::vector<PolicyRun> runs;
};

/// All traces under one policy, as if they were one.
struct PolicyTotal {
  std::string label;
  std::uint64_t jobs_run = 0;
  std::uint64_t jobs_never_fit = 0;
  double utilisation = 0;
  double gpu_hours = 0;
  double cost = 0;
  double cost_of_idle = 0;
  Spread wait_s;
  Spread slowdown;
};
BOOST_DESCRIBE_STRUCT(PolicyTotal, (),
                      (label, jobs_run, jobs_never_fit, utilisation, gpu_hours, cost, cost_of_idle,
                       wait_s, slowdown))

/// Everything that a report shows, in bounded size whatever the number of jobs, and free of bytes
/// that no document may have: names are valid UTF-8 without control characters, and not too long.
struct TraceReport {
  ReportOrigin origin;
  std::vector<ReportedTrace> traces;
  /// Empty for a single trace.
  std::vector<PolicyTotal> together;
};

/// The shares, in thousandths and ascending, at which `Cumulative` has its values: finer at the
/// end, where the long waits are.
std::span<const std::uint16_t> cumulative_permille();

/// Sums up `results`, each with the trace whose name it bears; throws std::invalid_argument where
/// there is none, or where it has another number of jobs. Traces without results are told of, too.
/// The same input gives the same report: `TraceResult::elapsed_s` is no part of it.
TraceReport summarise(std::span<const TraceResult> results, std::span<const Trace> traces,
                      ReportOrigin origin = {});

}  // namespace orrery
