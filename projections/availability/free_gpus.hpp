#pragma once

#include <array>
#include <cstdint>

#include "events/cluster_events.hpp"

namespace orrery {

/// No node has more; a registration beyond that is capped.
inline constexpr std::uint32_t gpus_per_node_max = 16;

/// How many nodes of a pool have 0, 1, 2 … GPUs free. Placement chooses a node by that number
/// alone, so this is all it takes to foretell what it does, whatever the size of the cluster.
class FreeGpus {
 public:
  void add_node(std::uint32_t free_count) { ++node_count_[free_count]; }
  void remove_node(std::uint32_t free_count) { --node_count_[free_count]; }

  /// Some node has at least this many free.
  bool fits(std::uint32_t gpu_count) const {
    for (auto free = gpu_count; free <= gpus_per_node_max; ++free)
      if (node_count_[free] > 0) return true;
    return false;
  }

  /// Takes GPUs from the fullest node that fits (pack) or the emptiest (spread), as placement does.
  /// False, and nothing taken, where none fits.
  bool take(std::uint32_t gpu_count, PlacementStrategy strategy) {
    for (auto tried = gpu_count; tried <= gpus_per_node_max; ++tried) {
      const bool pack = strategy == PlacementStrategy::pack;
      const auto free = pack ? tried : gpus_per_node_max + gpu_count - tried;
      if (node_count_[free] == 0) continue;
      remove_node(free);
      add_node(free - gpu_count);
      return true;
    }
    return false;
  }

  /// How often so many could be taken.
  std::uint64_t times(std::uint32_t gpu_count) const {
    std::uint64_t sum = 0;
    for (auto free = gpu_count; free <= gpus_per_node_max; ++free)
      sum += std::uint64_t{free / gpu_count} * node_count_[free];
    return sum;
  }

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (std::uint64_t free = 1; free <= gpus_per_node_max; ++free) sum += free * node_count_[free];
    return sum;
  }

 private:
  std::array<std::uint32_t, gpus_per_node_max + 1> node_count_{};
};

}  // namespace orrery
