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
      erase(bucket, *before, slot);
  }
  if (!after) return;
  auto& bucket = buckets_[after->gpu_count];
  bucket.all.insert(slot);
  if (!after->counts_room())
    bucket.uncounted.insert(slot);
  else
    bucket.by_cpu[after->cpu_count].emplace(after->memory_mib, slot);
}

std::uint32_t NodePool::node_with(std::uint32_t free_gpu_count, const Demand& demand,
                                  PlacementStrategy strategy) const {
  if (free_gpu_count >= buckets_.size()) return none;
  const auto& bucket = buckets_[free_gpu_count];
  auto slot = NodeSet::none;
  if (!demand.counts_room()) {
    slot = bucket.all.first();
  } else {
    slot =
        strategy == PlacementStrategy::pack ? tightest(bucket, demand) : roomiest(bucket, demand);
    if (slot == NodeSet::none) slot = bucket.uncounted.first();
  }
  return slot == NodeSet::none ? none : nodes_[slot];
}

void NodePool::erase(Bucket& bucket, const Supply& free, std::uint32_t slot) {
  const auto found = bucket.by_cpu.find(free.cpu_count);
  found->second.erase({free.memory_mib, slot});
  if (found->second.empty()) bucket.by_cpu.erase(found);
}

std::uint32_t NodePool::tightest(const Bucket& bucket, const Demand& demand) {
  for (auto room = bucket.by_cpu.lower_bound(demand.cpu_count); room != bucket.by_cpu.end();
       ++room) {
    const auto node = room->second.lower_bound({demand.memory_mib, 0});
    if (node != room->second.end()) return node->second;
  }
  return NodeSet::none;
}

std::uint32_t NodePool::roomiest(const Bucket& bucket, const Demand& demand) {
  for (auto room = bucket.by_cpu.rbegin(); room != bucket.by_cpu.rend(); ++room) {
    if (room->first < demand.cpu_count) break;
    const auto memory_mib = room->second.rbegin()->first;
    if (memory_mib >= demand.memory_mib) return room->second.lower_bound({memory_mib, 0})->second;
  }
  return NodeSet::none;
}

bool NodePool::has_free(std::uint32_t gpu_count) const {
  for (std::size_t free = gpu_count; free < buckets_.size(); ++free)
    if (buckets_[free].all.first() != NodeSet::none) return true;
  return false;
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
