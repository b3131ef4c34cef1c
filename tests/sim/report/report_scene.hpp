#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/traces/trace.hpp"
#include "sim/traces/trace_result.hpp"

namespace orrery {

/// A name that tries to leave every place where a report might put it.
inline const std::string hostile_name =
    "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;\xE2\x80\xAE"
    "\x01\xFF\n\tend";

/// Four jobs of two tenants on one node of four GPUs: one after the other at first, two at the end.
///
///   job 0  ann  4 GPUs  submitted 0 s     runs 0 to 100 s
///   job 1  bob  2 GPUs  submitted 10 s    runs 100 to 150 s: waits 90 s
///   job 2  ann  1 GPU   submitted 20 s    runs 100 to 200 s: waits 80 s
///   job 3  bob  8 GPUs  submitted 30 s    never fits
inline Trace small_trace() {
  Trace trace;
  trace.name = "small";
  trace.tenants = {"ann", "bob"};
  const auto add = [&](std::uint32_t tenant, std::uint32_t gpu_count, std::int64_t submit_s,
                       std::int64_t run_s, TraceOutcome outcome) {
    TraceJob job;
    job.line = static_cast<std::uint32_t>(trace.jobs.size() + 1);
    job.tenant = tenant;
    job.gpu_count = gpu_count;
    job.submit_ms = submit_s * 1'000;
    job.run_ms = run_s * 1'000;
    job.outcome = outcome;
    trace.jobs.push_back(job);
  };
  add(0, 4, 0, 100, TraceOutcome::completed);
  add(1, 2, 10, 50, TraceOutcome::failed);
  add(0, 1, 20, 100, TraceOutcome::completed);
  add(1, 8, 30, 10, TraceOutcome::cancelled);
  return trace;
}

inline TraceResult small_result(std::string policy = "fifo+pack") {
  TraceResult result;
  result.trace = "small";
  result.policy = std::move(policy);
  result.node_count = 1;
  result.gpus_per_node = 4;
  result.gpu_count = 4;
  result.seed = 7;
  result.jobs = {{0, 0, 100'000}, {1, 100'000, 150'000}, {2, 100'000, 200'000}, {3, -1, -1}};
  result.samples = {{0, 4, 0, 0, 0}, {100'000, 3, 0, 0, 1}, {150'000, 1, 0, 0, 3}};
  result.makespan_ms = 200'000;
  result.utilisation_permille = 750;
  result.gpu_hours = 600.0 / 3'600;
  result.cost = 6.0;
  result.hash = "0123456789abcdef0123456789abcdef";
  result.elapsed_s = 0.25;
  return result;
}

}  // namespace orrery
