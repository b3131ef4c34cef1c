#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/traces/trace.hpp"

namespace orrery {

/// What became of one job of a trace, in virtual milliseconds. `start_ms` -1: it never fit.
struct TracedJob {
  std::uint32_t job = 0;  // Index into `Trace::jobs`.
  std::int64_t start_ms = -1;
  std::int64_t end_ms = -1;

  bool operator==(const TracedJob&) const = default;
};

/// The cluster at one moment; the figures hold from there to the next sample.
struct TraceSample {
  std::int64_t at_ms = 0;
  std::uint32_t gpus_in_use = 0;
  std::uint32_t waiting_jobs = 0;
  std::uint32_t waiting_gpus = 0;
  /// Free GPUs on nodes that aren't empty: too scattered for a job of whole nodes.
  std::uint32_t fragmented_gpus = 0;
};

/// One trace under one policy on one cluster. The same trace, cluster, policy and seed give the
/// same bytes.
struct TraceResult {
  std::string trace;
  std::string policy;
  std::uint32_t node_count = 0;
  /// Of the largest kind of nodes, where there are several.
  std::uint32_t gpus_per_node = 0;
  /// All GPUs of the cluster.
  std::uint64_t gpu_count = 0;
  std::uint64_t seed = 0;
  /// In the order of `Trace::jobs`.
  std::vector<TracedJob> jobs;
  /// At most a few thousand, evenly spread over the run.
  std::vector<TraceSample> samples;
  /// First submission to last end.
  std::int64_t makespan_ms = 0;
  /// GPU-seconds used over those that there were; in thousandths.
  std::uint32_t utilisation_permille = 0;
  double gpu_hours = 0;
  /// By the price of a GPU-hour; 0 where none was given.
  double cost = 0;
  /// SHA-256 over what became of every job, in hex.
  std::string hash;
  /// How long it took here, in seconds of real time. Not part of the hash.
  double elapsed_s = 0;
};

}  // namespace orrery
