#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "actors/placement/node_pool.hpp"
#include "events/cluster_events.hpp"
#include "sim/traces/play/shape.hpp"
#include "sim/traces/trace_run.hpp"

namespace orrery::play {

/// Where a job is. Most are on one node.
using Parts = boost::container::small_vector<TracePart, 1>;

/// How long a job will have what it takes: until the moment that was promised to who is next, or
/// longer.
enum class Stay : std::uint8_t { until_promise, beyond };

/// The nodes of a cluster with what is free on them, indexed so that a place is found at the same
/// cost in a small and a large cluster, empty or full (`NodePool`).
///
/// Some nodes may be promised to who is next. Then there are two answers to what is free: to jobs
/// that will have ended by then, and to others.
class Machines {
 public:
  static constexpr std::uint32_t none = NodePool::none;

  Machines(const TraceCluster& cluster, PlacementStrategy strategy);

  /// The shape would fit if nothing ran.
  bool could_hold(const Shape& shape) const;
  /// The shape fits now.
  bool fits(const Shape& shape, Stay stay);
  /// Gives the shape its parts, all or none. False: it doesn't fit, and nothing has changed.
  bool place(const Shape& shape, Stay stay, Parts& parts);
  void give_back(const Shape& shape, const Parts& parts);

  /// The node that would serve the need now; `none` where none does.
  std::uint32_t node_for(const Need& need);
  /// A node that is set aside serves nobody.
  void set_aside(std::uint32_t node, bool aside);
  /// Leaves only so much of the node to those who stay beyond the promise; absent: nothing.
  void promise(std::uint32_t node, const std::optional<Supply>& spare);
  void lift_promise(std::uint32_t node);
  bool is_aside(std::uint32_t node) const { return nodes_[node].is_aside; }
  bool is_promised(std::uint32_t node) const { return nodes_[node].is_promised; }

  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  const Supply& whole(std::uint32_t node) const { return nodes_[node].whole; }
  std::uint64_t gpu_milli_in_use() const { return gpu_milli_in_use_; }
  /// Untouched GPUs on nodes that have touched ones.
  std::uint64_t fragmented_gpu_count() const { return fragmented_gpu_count_; }

 private:
  struct Node {
    Supply whole;
    /// GPUs of which nobody has anything.
    std::uint64_t untouched = 0;
    std::uint64_t cpus_free = 0;
    std::uint64_t memory_free = 0;
    bool is_aside = false;
    bool is_promised = false;
    /// Of a promised one.
    std::optional<Supply> spare;

    Supply free() const;
  };
  /// Where one kind of asker finds nodes.
  struct Offers {
    NodePool pool;
    /// By the number of free GPUs.
    std::vector<std::uint32_t> node_counts;

    void move(std::uint32_t node, const std::optional<Supply>& before,
              const std::optional<Supply>& after);
  };
  struct Choice {
    std::uint32_t node = none;
    std::uint64_t gpus = 0;
  };

  std::optional<Supply> offer(const Node& node, Stay stay) const;
  template <class Change>
  void update(std::uint32_t index, Change change);

  std::optional<Choice> choose(const Need& need, Stay stay) const;
  std::uint32_t node_with_whole_gpus(const Demand& demand, Stay stay) const;
  std::optional<Choice> choose_share(const Need& need, Stay stay) const;
  std::optional<Choice> shared_gpu(const Need& need, Stay stay) const;
  bool may_share_on(const Node& node, const Need& need, Stay stay) const;
  bool take_parts(const Shape& shape, Stay stay, Parts& parts);
  void take(const Choice& choice, const Need& need);
  void give_back(const TracePart& part, const Need& need);
  void set_share(std::uint32_t gpu, std::uint32_t free_milli);

  std::uint32_t gpu_number(std::uint32_t node, std::uint64_t gpus) const;

  PlacementStrategy strategy_;
  std::uint32_t gpus_per_node_ = 0;
  std::vector<Node> nodes_;
  /// By `Stay`.
  Offers offers_[2];
  /// GPUs of which something is taken and something free, by how much is free; numbered through
  /// all nodes. And what is free of each GPU, empty as long as nothing was shared.
  std::map<std::uint32_t, std::set<std::uint32_t>> shared_;
  std::vector<std::uint16_t> gpu_free_milli_;
  std::uint64_t gpu_milli_in_use_ = 0;
  std::uint64_t fragmented_gpu_count_ = 0;
};

}  // namespace orrery::play
