#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/placement/demand.hpp"
#include "actors/placement/node_set.hpp"
#include "events/cluster_events.hpp"

namespace orrery {

/// The nodes of one cluster that have GPUs of one model, or none, in buckets by the number of free
/// GPUs. A bucket gives its first node in constant time to who counts GPUs only. Who counts
/// processors or memory looks once at each number of free processors that some node has: there are
/// as many of those as a node has processors, however many nodes there are.
class NodePool {
 public:
  static constexpr std::uint32_t none = NodeSet::none;

  /// Adds a node that has so much in all; nothing of it is free yet. Returns its slot.
  std::uint32_t add_node(std::uint32_t node, const Supply& whole);
  /// What the node in a slot has free changed; absent: it takes no work.
  void move(std::uint32_t slot, const std::optional<Supply>& before,
            const std::optional<Supply>& after);

  /// The node that serves the demand best among those with exactly this many GPUs free: with the
  /// least processors that suffice (pack) or the most (spread), and of equals the one that joined
  /// first. `none` where none does.
  std::uint32_t node_with(std::uint32_t free_gpu_count, const Demand& demand,
                          PlacementStrategy strategy) const;

  /// Some node that takes work has so many GPUs free, whatever else it lacks.
  bool has_free(std::uint32_t gpu_count) const;

  /// The largest node's GPUs, whether it takes work or not.
  std::uint32_t gpu_count_max() const { return gpu_count_max_; }
  /// Some node could hold the demand if it were empty.
  bool could_hold(const Demand& demand) const;
  /// How many nodes could hold the demand if they were empty.
  std::uint32_t count_that_could_hold(const Demand& demand) const;

 private:
  struct Bucket {
    NodeSet all;
    /// Of those, who counts neither processors nor memory.
    NodeSet uncounted;
    /// The others by free processors, and then by free memory and slot.
    std::map<std::uint64_t, std::set<std::pair<std::uint64_t, std::uint32_t>>> by_cpu;
  };

  static void erase(Bucket& bucket, const Supply& free, std::uint32_t slot);
  static std::uint32_t tightest(const Bucket& bucket, const Demand& demand);
  static std::uint32_t roomiest(const Bucket& bucket, const Demand& demand);

  /// Numbers of its nodes, by slot.
  std::vector<std::uint32_t> nodes_;
  /// By the number of free GPUs.
  std::vector<Bucket> buckets_;
  std::uint32_t gpu_count_max_ = 0;
  /// How many nodes of each kind there are.
  std::map<Supply, std::uint32_t> kinds_;
};

}  // namespace orrery
