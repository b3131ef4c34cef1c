#pragma once

#include <rapidcheck.h>

#include "sim/traces/trace_run.hpp"

namespace orrery {

/// A job with seconds for times.
inline TraceJob job_at(std::int64_t submit_s, std::uint32_t gpu_count, std::int64_t run_s,
                       std::uint32_t tenant = 0) {
  TraceJob job;
  job.submit_ms = submit_s * 1'000;
  job.run_ms = run_s * 1'000;
  job.gpu_count = gpu_count;
  job.tenant = tenant;
  return job;
}

inline Trace trace_of(std::vector<TraceJob> jobs) {
  Trace trace;
  trace.name = "small";
  trace.tenants = {"ann", "bob", "cleo"};
  trace.jobs = std::move(jobs);
  return trace;
}

inline TraceRunSettings settings_of(const char* cluster, const char* policy) {
  TraceRunSettings settings;
  settings.cluster = *parse_trace_cluster(cluster);
  settings.policy = *parse_trace_policy(policy);
  return settings;
}

/// Up to a few dozen jobs of all kinds that crowd a small cluster.
inline Trace random_trace() {
  std::vector<TraceJob> jobs(*rc::gen::inRange<std::size_t>(1, 40));
  std::int64_t submit_ms = 0;
  for (auto& job : jobs) {
    submit_ms += *rc::gen::element(0, 0, 1, 2, 5);
    job.submit_ms = submit_ms;
    job.run_ms = *rc::gen::inRange(0, 30);
    job.gpu_count = *rc::gen::element(0U, 1U, 1U, 1U, 2U, 3U, 4U, 5U, 6U, 8U, 13U);
    if (job.gpu_count == 1) job.gpu_milli = *rc::gen::element(1'000U, 1'000U, 500U, 300U, 700U);
    job.cpu_count = *rc::gen::inRange(0U, 9U);
    job.memory_mib = *rc::gen::element(0U, 0U, 1'024U, 2'048U);
    job.tenant = *rc::gen::inRange(0U, 3U);
  }
  return trace_of(std::move(jobs));
}

inline TraceRunSettings random_settings() {
  auto settings = settings_of(
      *rc::gen::element("1x4", "2x4", "3x2", "4x4", "3x4x8", "2x4x8x4", "2x4+2x2", "3x2x6+1x4x16",
                        "1x0x4+2x4", "6x1"),
      *rc::gen::element("fifo", "sjf", "fairshare", "fifo+spread", "backfill", "sjf+backfill",
                        "fairshare+backfill", "backfill+spread", "sjf+backfill+spread"));
  settings.fairshare_half_life_min = *rc::gen::element(0U, 1U);
  return settings;
}

}  // namespace orrery
