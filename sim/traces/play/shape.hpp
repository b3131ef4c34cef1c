#pragma once

#include <compare>
#include <cstdint>

#include "actors/placement/demand.hpp"
#include "sim/traces/trace.hpp"
#include "sim/traces/trace_cluster.hpp"

namespace orrery::play {

/// What a part of a job takes of one node.
struct Need {
  Demand of_node;
  /// Of each GPU, in thousandths. Less than all: of a single one, which others may have a share of.
  std::uint32_t gpu_milli = 1'000;

  bool is_share() const { return gpu_milli < 1'000; }
  bool operator==(const Need&) const = default;
};

/// What a job takes of a cluster: so many nodes of the largest kind with all of their GPUs, and a
/// part of one more node. Thousands of jobs have the same shape.
struct Shape {
  std::uint32_t whole_node_count = 0;
  Need whole;
  bool has_rest = true;
  Need rest;
  /// GPUs of all parts, in thousandths.
  std::uint64_t gpu_milli_sum = 0;

  std::uint32_t part_count() const { return whole_node_count + (has_rest ? 1 : 0); }
  const Need& part(std::uint32_t index) const { return index < whole_node_count ? whole : rest; }
  bool operator==(const Shape&) const = default;
};

/// Sums up what clusters of these nodes count, and how large the largest is.
class Shapes {
 public:
  explicit Shapes(const TraceCluster& cluster);

  Shape of(const TraceJob& job) const;

 private:
  std::uint32_t gpus_per_node_;
  bool counts_cpus_ = false;
  bool counts_memory_ = false;
};

}  // namespace orrery::play
