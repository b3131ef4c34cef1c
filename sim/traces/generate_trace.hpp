#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/describe.hpp>

#include "sim/traces/trace.hpp"

namespace orrery {

/// Whose published figures a generated trace has.
BOOST_DEFINE_FIXED_ENUM_CLASS(TraceLikeness, std::uint8_t, philly, helios, seren, pai)

/// What is known of a cluster's jobs without having their log (docs/traces.md names the sources).
struct TraceSummary {
  double run_s_mean = 0;
  double run_s_median = 0;
  double gpus_mean = 0;
  /// Of a thousand jobs; both 0 where it wasn't published.
  std::uint32_t failed_permille = 0;
  std::uint32_t cancelled_permille = 0;
  std::uint32_t cluster_gpu_count = 0;
  std::uint32_t tenant_count = 0;
};
TraceSummary published_summary(TraceLikeness like);
/// "philly", "helios", "seren", "pai"; nothing for others.
std::optional<TraceLikeness> likeness_named(std::string_view name);

struct GeneratorSettings {
  TraceLikeness like = TraceLikeness::philly;
  std::uint32_t job_count = 10'000;
  std::uint64_t seed = 1;
  /// GPU time asked for, of all that the cluster has between the first and the last submission.
  /// More jobs make a longer trace, not a fuller cluster.
  double load = 0.8;
  /// 0: as many as the published cluster had.
  std::uint32_t cluster_gpu_count = 0;
};

inline constexpr std::uint32_t generated_job_count_max = 50'000'000;
inline constexpr std::uint32_t generated_gpus_per_node = 8;

/// Draws a trace. The same settings give the same trace. From a few thousand jobs on, mean and
/// median run, mean GPUs and the shares of failed and cancelled jobs are the published ones within
/// a few percent whatever the seed: values are drawn from as many equal parts of their distribution
/// as there are jobs, one from each, so that the rare long job, which carries the mean, is neither
/// missed nor met twice.
///
/// Submissions follow the hours of a working week. Run, GPUs, tenant and outcome are independent
/// of each other, which they aren't in reality.
Trace generate_trace(const GeneratorSettings& settings);

}  // namespace orrery
