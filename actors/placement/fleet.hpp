#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/node/node.hpp"
#include "actors/placement/node_set.hpp"
#include "actors/runtime/string_index.hpp"
#include "events/cluster_events.hpp"

namespace orrery {

/// Bit i stands for GPU i of a node.
using GpuMask = std::uint32_t;

/// Calls `visit(index)` for every GPU in the mask, from the smallest index on.
template <class Visit>
void for_each_gpu(GpuMask mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::uint32_t>(std::countr_zero(mask)));
}

/// The `count` smallest GPUs of the mask.
GpuMask lowest_gpus(GpuMask mask, std::uint32_t count);

/// Every node and GPU as placement sees it, indexed so that choosing a node costs the same in a
/// small and a large cluster, empty or full: a pool (cluster and GPU model) keeps its nodes in
/// buckets by the number of free GPUs, and a bucket gives its first node in constant time.
///
/// Nodes, pools and leases go by small numbers here; names are looked up once, at the door.
class Fleet {
 public:
  static constexpr std::uint32_t none = NodeSet::none;

  struct Gpu {
    /// The lease that a plan or a grant gave the GPU to.
    std::uint32_t holder = none;
    /// The lease that the GPU's own stream names, and the last fence seen there.
    std::uint32_t claimant = none;
    std::uint64_t fence = 0;
  };

  struct Node {
    std::string id;
    std::uint32_t pool = none;
    /// Its number within the pool.
    std::uint32_t slot = 0;
    std::uint32_t gpu_count = 0;
    bool ready = false;
    bool cordoned = false;
    GpuMask registered = 0;
    GpuMask faulty = 0;
    /// GPUs that refused a claim for a reason that the log hasn't told yet.
    GpuMask suspect = 0;
    /// GPUs that have a holder.
    GpuMask held = 0;
    std::array<Gpu, orrery::Node::gpu_count_max> gpus;

    GpuMask free() const {
      return ready && !cordoned ? registered & ~(faulty | suspect | held) : 0;
    }
  };

  struct Choice {
    std::uint32_t node = none;
    GpuMask gpus = 0;
  };

  void declare_cluster(std::string_view name, const ClusterDeclared& policy);
  std::uint32_t add_node(std::string_view id, const NodeRegistered& description);
  std::uint32_t find_node(std::string_view id) const;
  /// The pool of these GPUs; an empty one is made where no node has any.
  std::uint32_t pool_of(std::string_view cluster, std::string_view gpu_model);

  const Node& node(std::uint32_t index) const { return nodes_[index]; }
  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  std::uint32_t pool_count() const { return static_cast<std::uint32_t>(pools_.size()); }
  const std::string& cluster_of(std::uint32_t pool) const { return pools_[pool].cluster; }
  const std::string& gpu_model_of(std::uint32_t pool) const { return pools_[pool].gpu_model; }
  const std::map<std::string, ClusterDeclared, std::less<>>& clusters() const { return clusters_; }

  /// The largest node of the pool, ready or not.
  std::uint32_t gpu_count_max(std::uint32_t pool) const { return pools_[pool].gpu_count_max; }

  /// Where this many GPUs of one node are free: on the fullest node that fits (pack) or on the
  /// emptiest (spread), and of equals on the one that joined first.
  std::optional<Choice> choose(std::uint32_t pool, std::uint32_t gpu_count) const;

  void set_ready(std::uint32_t node, bool ready);
  void set_cordoned(std::uint32_t node, bool cordoned);
  void set_registered(std::uint32_t node, GpuMask gpus);
  void set_faulty(std::uint32_t node, GpuMask gpus, bool faulty);
  void set_suspect(std::uint32_t node, GpuMask gpus, bool suspect);
  /// Gives the GPUs to a lease, or to nobody.
  void set_holder(std::uint32_t node, GpuMask gpus, std::uint32_t lease);
  /// Notes what a GPU's own stream says of it.
  void set_claimant(std::uint32_t node, std::uint32_t gpu, std::uint32_t lease);
  void set_fence(std::uint32_t node, std::uint32_t gpu, std::uint64_t fence);

  /// Somebody who waits in the pool may be served now.
  void mark_grown(std::uint32_t pool) { pools_[pool].grown = true; }
  /// Pools in which GPUs became free, or that were marked, since the last question, in ascending
  /// order.
  std::vector<std::uint32_t> take_grown_pools();

 private:
  struct Pool {
    std::string cluster;
    std::string gpu_model;
    PlacementStrategy strategy = PlacementStrategy::pack;
    std::uint32_t gpu_count_max = 0;
    bool grown = false;
    /// Numbers of its nodes, by slot.
    std::vector<std::uint32_t> nodes;
    /// Slots of the nodes that have this many GPUs free.
    std::array<NodeSet, orrery::Node::gpu_count_max + 1> by_free_count;
  };

  /// Changes a node and keeps its pool's buckets right.
  template <class Change>
  void update(std::uint32_t node, Change change);

  std::map<std::string, ClusterDeclared, std::less<>> clusters_;
  std::vector<Pool> pools_;
  std::vector<Node> nodes_;
  StringIndex pool_index_;
  StringIndex node_index_;
};

}  // namespace orrery
