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
#include "actors/placement/demand.hpp"
#include "actors/placement/node_pool.hpp"
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

/// Pools, by number, in which somebody who came earlier waits for the same.
class BlockedPools {
 public:
  void block(std::uint32_t pool, const Demand& demand);
  bool allows(std::uint32_t pool, const Demand& demand) const;

 private:
  static std::uint8_t kinds(const Demand& demand);

  std::vector<std::uint8_t> kinds_by_pool_;
};

/// Every node and GPU as placement sees it, indexed so that choosing a node for GPUs alone costs
/// the same in a small and a large cluster, empty or full (`NodePool`).
///
/// Nodes, pools, clusters and leases go by small numbers here; names are looked up once, at the
/// door.
class Fleet {
 public:
  static constexpr std::uint32_t none = NodeSet::none;
  /// Number of no node: one was named that isn't known.
  static constexpr std::uint32_t nowhere = none - 1;

  struct Gpu {
    /// The lease that a plan or a grant gave the GPU to.
    std::uint32_t holder = none;
    /// The lease that the GPU's own stream names, and the last fence seen there.
    std::uint32_t claimant = none;
    std::uint64_t fence = 0;
  };

  struct Node {
    std::string id;
    std::uint32_t cluster = none;
    std::uint32_t pool = none;
    /// Its number within the pool.
    std::uint32_t slot = 0;
    /// What it has in all.
    Supply whole;
    bool ready = false;
    bool cordoned = false;
    /// A plan that is being made may not use it.
    bool set_aside = false;
    GpuMask registered = 0;
    GpuMask faulty = 0;
    /// GPUs that refused a claim for a reason that the log hasn't told yet.
    GpuMask suspect = 0;
    /// GPUs that have a holder.
    GpuMask held = 0;
    /// Processors and memory that leases have.
    std::uint64_t cpu_held = 0;
    std::uint64_t memory_held = 0;
    /// Leases without GPUs that a plan or a grant put here.
    std::vector<std::uint32_t> bare_leases;
    std::array<Gpu, orrery::Node::gpu_count_max> gpus;

    std::uint32_t gpu_count() const { return whole.gpu_count; }
    GpuMask free() const {
      return ready && !cordoned ? registered & ~(faulty | suspect | held) : 0;
    }
    /// What it has free; absent where it takes no work now.
    std::optional<Supply> offer() const;
  };

  struct Choice {
    std::uint32_t node = none;
    GpuMask gpus = 0;
  };

  /// A kind of request: in which pools of which cluster it may be served.
  struct Kind {
    std::uint32_t cluster = none;
    /// For GPUs of one model: where they are.
    std::uint32_t pool = none;
    /// Without a pool: for GPUs of any model, or for processors and memory alone.
    bool wants_gpus = true;
  };

  void declare_cluster(std::string_view name, const ClusterDeclared& policy);
  std::uint32_t add_node(std::string_view id, const NodeRegistered& description);
  std::uint32_t find_node(std::string_view id) const;
  /// What asks for such GPUs; an empty cluster or pool is made where there is none.
  Kind kind_of(std::string_view cluster, std::string_view gpu_model, std::uint32_t gpu_count);

  const Node& node(std::uint32_t index) const { return nodes_[index]; }
  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  const std::string& cluster_name(std::uint32_t cluster) const { return clusters_[cluster].name; }
  /// Empty of a pool of nodes without GPUs.
  const std::string& gpu_model_of(std::uint32_t pool) const { return pools_[pool].gpu_model; }
  const std::map<std::string, ClusterDeclared, std::less<>>& policies() const { return policies_; }

  /// How many nodes could hold the demand if they were empty, ready or not.
  std::uint32_t count_that_could_hold(const Kind& kind, const Demand& demand) const;
  /// Whether this node is of the kind and could hold the demand if it were empty, ready or not.
  bool could_hold_on(std::uint32_t node, const Kind& kind, const Demand& demand) const;
  /// Keeps others from what a demand of this kind waits for: from GPUs in the pools that could hold
  /// it, and where it lacks no GPUs from processors and memory.
  void block(const Kind& kind, const Demand& demand, BlockedPools& blocked) const;

  /// Where the demand fits on one node: on the one with the least free GPUs that suffice (pack) or
  /// the most (spread); what needs no GPUs goes to nodes without, then to those with the least of
  /// them free. Of equals `NodePool::node_with` says which.
  std::optional<Choice> choose(const Kind& kind, const Demand& demand,
                               const BlockedPools& blocked) const;
  /// The same on a node that is given, or absent where it doesn't fit there.
  std::optional<Choice> choose_on(std::uint32_t node, const Demand& demand) const;

  void set_ready(std::uint32_t node, bool ready);
  void set_cordoned(std::uint32_t node, bool cordoned);
  void set_aside(std::uint32_t node, bool aside);
  void set_registered(std::uint32_t node, GpuMask gpus);
  void set_faulty(std::uint32_t node, GpuMask gpus, bool faulty);
  void set_suspect(std::uint32_t node, GpuMask gpus, bool suspect);
  /// Gives a part of the node to a lease, or takes it back.
  void give(std::uint32_t node, GpuMask gpus, const Demand& demand, std::uint32_t lease);
  void take_back(std::uint32_t node, GpuMask gpus, const Demand& demand, std::uint32_t lease);
  /// Notes what a GPU's own stream says of it.
  void set_claimant(std::uint32_t node, std::uint32_t gpu, std::uint32_t lease);
  void set_fence(std::uint32_t node, std::uint32_t gpu, std::uint64_t fence);

  /// Whether somebody who waits in the cluster may be served now.
  bool is_grown(std::uint32_t cluster) const { return clusters_[cluster].grown; }
  void set_grown(std::uint32_t cluster, bool grown) { clusters_[cluster].grown = grown; }
  /// Clusters where something became free, or that were marked, since the last question, in
  /// ascending order.
  std::vector<std::uint32_t> take_grown_clusters();

 private:
  struct Pool {
    std::string gpu_model;
    NodePool nodes;
  };
  struct Cluster {
    std::string name;
    PlacementStrategy strategy = PlacementStrategy::pack;
    bool grown = false;
    /// Those of nodes with GPUs, by the model's name.
    std::map<std::string, std::uint32_t, std::less<>> pools;
    /// That of nodes without.
    std::uint32_t bare_pool = none;
  };

  std::uint32_t cluster_of(std::string_view name);
  std::uint32_t pool_of(std::uint32_t cluster, std::string_view gpu_model, bool has_gpus);
  std::uint32_t add_pool(std::string_view gpu_model);
  /// Calls `visit(pool)` for those of the kind, in the order in which they are tried.
  template <class Visit>
  void for_each_pool(const Kind& kind, Visit visit) const;
  /// A node with exactly this many GPUs free, in any pool of the kind.
  std::uint32_t node_with(std::uint32_t free_gpu_count, const Kind& kind, const Demand& demand,
                          const BlockedPools& blocked) const;
  /// Who has lost the GPUs that he would have got leaves the rest of the node to others.
  void reconsider(std::uint32_t node);
  /// Changes a node and keeps its pool right.
  template <class Change>
  void update(std::uint32_t node, Change change);

  std::map<std::string, ClusterDeclared, std::less<>> policies_;
  std::vector<Cluster> clusters_;
  std::vector<Pool> pools_;
  std::vector<Node> nodes_;
  StringIndex cluster_index_;
  StringIndex node_index_;
};

}  // namespace orrery
