#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "sim/traces/trace.hpp"

namespace orrery {

/// The machines that a trace runs on: kinds of nodes, of each as many as there are.
struct TraceCluster {
  static constexpr std::uint32_t gpus_per_node_max = 64;
  static constexpr std::uint32_t node_count_max = 1'000'000;

  /// `cpus_per_node` and `memory_mib_per_node` 0: not counted.
  std::vector<TraceNodes> nodes;

  std::uint32_t node_count() const;
  std::uint64_t gpu_count() const;
  /// Of the largest kind.
  std::uint32_t gpus_per_node() const;
  bool operator==(const TraceCluster&) const = default;
};

/// Such as "100x8", "100x8x64x512" (nodes, GPUs, processors, GiB of memory) or "60x8+20x4". The
/// error is a sentence.
boost::system::result<TraceCluster, std::string> parse_trace_cluster(std::string_view text);

/// As `parse_trace_cluster` reads it.
std::string name_of(const TraceCluster& cluster);

/// The machines that the trace itself describes; where it doesn't, the smallest number of nodes of
/// `gpus_per_node` GPUs on which its largest job fits, and which its jobs would keep busy for
/// `load_percent` of the time between the first submission and the last.
TraceCluster fitting_cluster(const Trace& trace, std::uint32_t gpus_per_node = 8,
                             std::uint32_t load_percent = 80);

}  // namespace orrery
