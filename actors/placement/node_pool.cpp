#include "actors/placement/node_pool.hpp"

#include <algorithm>

namespace orrery {

std::uint32_t NodePool::add_node(std::uint32_t node, const Supply& whole) {
  nodes_.push_back(node);
  gpu_count_max_ = std::max(gpu_count_max_, whole.gpu_count);
  buckets_.resize(std::size_t{gpu_count_max_} + 1);
  ++kinds_[whole];
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void NodePool::move(std::uint32_t slot, const std::optional<Supply>& before,
                    const std::optional<Supply>& after) {
  if (before) {
    auto& bucket = buckets_[before->gpu_count];
    if (!after || after->gpu_count != before->gpu_count) bucket.all.erase(slot);
    if (!before->counts_room())
      bucket.uncounted.erase(slot);
    else
      bucket.by_room.erase({before->cpu_count, before->memory_mib, slot});
  }
  if (!after) return;
  auto& bucket = buckets_[after->gpu_count];
  bucket.all.insert(slot);
  if (!after->counts_room())
    bucket.uncounted.insert(slot);
  else
    bucket.by_room.emplace(after->cpu_count, after->memory_mib, slot);
}

std::uint32_t NodePool::node_with(std::uint32_t free_gpu_count, const Demand& demand,
                                  PlacementStrategy strategy) const {
  if (free_gpu_count >= buckets_.size()) return none;
  const auto& bucket = buckets_[free_gpu_count];
  auto slot = NodeSet::none;
  if (!demand.counts_room()) {
    slot = bucket.all.first();
  } else {
    if (!bucket.by_room.empty())
      slot =
          strategy == PlacementStrategy::pack ? tightest(bucket, demand) : roomiest(bucket, demand);
    if (slot == NodeSet::none) slot = bucket.uncounted.first();
  }
  return slot == NodeSet::none ? none : nodes_[slot];
}

std::uint32_t NodePool::tightest(const Bucket& bucket, const Demand& demand) {
  const auto& rooms = bucket.by_room;
  for (auto room = rooms.lower_bound({demand.cpu_count, demand.memory_mib, 0}); room != rooms.end();
       ++room)
    if (std::get<1>(*room) >= demand.memory_mib) return std::get<2>(*room);
  return NodeSet::none;
}

std::uint32_t NodePool::roomiest(const Bucket& bucket, const Demand& demand) {
  const auto& rooms = bucket.by_room;
  for (auto room = rooms.rbegin(); room != rooms.rend(); ++room) {
    const auto [cpu_count, memory_mib, slot] = *room;
    if (cpu_count < demand.cpu_count) break;
    if (memory_mib < demand.memory_mib) continue;
    return std::get<2>(*rooms.lower_bound({cpu_count, memory_mib, 0}));
  }
  return NodeSet::none;
}

bool NodePool::could_hold(const Demand& demand) const {
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [&](const auto& kind) { return kind.first.holds(demand); });
}

std::uint32_t NodePool::count_that_could_hold(const Demand& demand) const {
  std::uint32_t count = 0;
  for (const auto& [kind, node_count] : kinds_)
    if (kind.holds(demand)) count += node_count;
  return count;
}

}  // namespace orrery
