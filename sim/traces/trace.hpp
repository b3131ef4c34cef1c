#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// How a job of a trace ended, as far as its trace says.
BOOST_DEFINE_FIXED_ENUM_CLASS(TraceOutcome, std::uint8_t, unknown, completed, failed, cancelled)

/// One job of a trace: what somebody asked for, when, and how long it ran. Times are milliseconds
/// after the trace's first submission.
struct TraceJob {
  /// Its place in the file, counted from 1: the line, or the element of an array.
  std::uint32_t line = 0;
  /// Index into `Trace::tenants`.
  std::uint32_t tenant = 0;
  std::int64_t submit_ms = 0;
  std::int64_t run_ms = 0;
  /// What the user said that it would run at most; 0 where the trace doesn't know.
  std::int64_t limit_ms = 0;
  /// How long it waited in reality; -1 where the trace doesn't know.
  std::int64_t recorded_wait_ms = -1;
  /// Whole GPUs. A job with a share of one (`gpu_milli` < 1000) counts 1 here.
  std::uint32_t gpu_count = 0;
  /// Of each GPU, in thousandths.
  std::uint32_t gpu_milli = 1'000;
  /// 0: not counted.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  TraceOutcome outcome = TraceOutcome::unknown;

  bool operator==(const TraceJob&) const = default;
};

/// A line that is no job, and why.
struct BadLine {
  std::string file;
  std::uint32_t line = 0;
  std::string reason;

  bool operator==(const BadLine&) const = default;
};

/// Machines that a trace describes, for traces that do.
struct TraceNodes {
  std::string gpu_model;
  std::uint32_t node_count = 0;
  std::uint32_t gpus_per_node = 0;
  std::uint32_t cpus_per_node = 0;
  std::uint32_t memory_mib_per_node = 0;

  bool operator==(const TraceNodes&) const = default;
};

/// Jobs in order of submission, ties in order of the file.
struct Trace {
  std::string name;
  std::vector<std::string> tenants;
  std::vector<TraceJob> jobs;
  std::vector<BadLine> bad_lines;
  /// Empty where the trace doesn't say.
  std::vector<TraceNodes> nodes;
};

}  // namespace orrery
