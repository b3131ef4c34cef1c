#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/traces/trace.hpp"
#include "sim/traces/trace_cluster.hpp"
#include "sim/traces/trace_policy.hpp"
#include "sim/traces/trace_result.hpp"

namespace orrery {

/// What the scheduler believes about how long jobs run. It never expects less than a job really
/// takes, so a promise that it makes to who is next is kept.
struct TraceEstimates {
  /// By the limit that its user gave, where the trace knows one; otherwise by its real time.
  bool use_limits = true;
  /// Users who ask for too much: what would be the real time is drawn between it and so many times
  /// it, the same for every policy.
  double overestimate_max = 1;

  bool operator==(const TraceEstimates&) const = default;
};

/// A part of a job on one node. Bit i of `gpus` stands for GPU i of the node.
struct TracePart {
  std::uint32_t node = 0;
  std::uint64_t gpus = 0;

  bool operator==(const TracePart&) const = default;
};

/// What is told when a job starts.
struct TraceStart {
  std::uint32_t job = 0;  // Index into `Trace::jobs`.
  std::int64_t at_ms = 0;
  /// When the scheduler expects it to end.
  std::int64_t expected_end_ms = 0;
  std::span<const TracePart> parts;
};

struct TraceRunSettings {
  TraceCluster cluster;
  TracePolicy policy;
  TraceEstimates estimates;
  /// Of what is drawn: the estimates.
  std::uint64_t seed = 1;
  double price_per_gpu_hour = 0;
  /// Half of what a tenant has used is forgotten in such a time; 0: nothing is.
  std::uint32_t fairshare_half_life_min = 7 * 24 * 60;
  std::size_t sample_count_max = 2'000;
  /// Told now and then how many jobs have ended or will never start, of how many.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
  std::function<void(const TraceStart&)> on_start;
};

/// Plays the jobs of a trace through a cluster in virtual time, event by event. The same trace and
/// settings give the same result; nothing is read from outside.
///
/// A job asks for its GPUs at its submission, runs for its time, and gives them back. More GPUs
/// than a node has are a gang: as many whole nodes of the largest kind as it fills, and a part of
/// one more; all of it starts at once. `gpu_milli` below 1,000 is a share of a single GPU. Its
/// processors and memory go with the GPUs in proportion, and count on nodes that have a number of
/// them. Jobs that wouldn't fit on the empty cluster never start (`start_ms` -1) and keep nobody
/// waiting.
TraceResult run_trace(const Trace& trace, const TraceRunSettings& settings);

}  // namespace orrery
