#include "actors/placement/fleet.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace orrery {
namespace {

void set_bits(GpuMask& mask, GpuMask bits, bool on) { mask = on ? mask | bits : mask & ~bits; }

std::uint32_t look_up(const StringIndex& index, std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? Fleet::none : found->second;
}

}  // namespace

GpuMask lowest_gpus(GpuMask mask, std::uint32_t count) {
  GpuMask chosen = 0;
  for (; count > 0; --count) {
    const GpuMask bit = mask & (~mask + 1);
    chosen |= bit;
    mask ^= bit;
  }
  return chosen;
}

void Fleet::declare_cluster(std::string_view name, const ClusterDeclared& policy) {
  clusters_.insert_or_assign(std::string(name), policy);
  for (auto& pool : pools_)
    if (pool.cluster == name) pool.strategy = policy.strategy;
}

std::uint32_t Fleet::pool_of(std::string_view cluster, std::string_view gpu_model) {
  std::string key;
  key.reserve(cluster.size() + 1 + gpu_model.size());
  key.append(cluster).append(1, '\0').append(gpu_model);
  const auto [found, is_new] = pool_index_.try_emplace(std::move(key), pool_count());
  if (is_new) {
    auto& pool = pools_.emplace_back();
    pool.cluster = cluster;
    pool.gpu_model = gpu_model;
    const auto declared = clusters_.find(cluster);
    if (declared != clusters_.end()) pool.strategy = declared->second.strategy;
  }
  return found->second;
}

std::uint32_t Fleet::add_node(std::string_view id, const NodeRegistered& description) {
  assert(description.gpu_count <= orrery::Node::gpu_count_max);
  const auto index = node_count();
  const auto pool_number = pool_of(description.cluster, description.gpu_model);
  auto& pool = pools_[pool_number];
  auto& node = nodes_.emplace_back();
  node.id = id;
  node.pool = pool_number;
  node.slot = static_cast<std::uint32_t>(pool.nodes.size());
  node.gpu_count = description.gpu_count;
  pool.nodes.push_back(index);
  pool.gpu_count_max = std::max(pool.gpu_count_max, description.gpu_count);
  node_index_.emplace(node.id, index);
  return index;
}

std::uint32_t Fleet::find_node(std::string_view id) const { return look_up(node_index_, id); }

std::optional<Fleet::Choice> Fleet::choose(std::uint32_t pool_number,
                                           std::uint32_t gpu_count) const {
  const auto& pool = pools_[pool_number];
  const bool pack = pool.strategy == PlacementStrategy::pack;
  for (auto tried = gpu_count; tried <= pool.gpu_count_max; ++tried) {
    const auto free_count = pack ? tried : pool.gpu_count_max + gpu_count - tried;
    const auto slot = pool.by_free_count[free_count].first();
    if (slot == NodeSet::none) continue;
    const auto index = pool.nodes[slot];
    return Choice{index, lowest_gpus(nodes_[index].free(), gpu_count)};
  }
  return std::nullopt;
}

template <class Change>
void Fleet::update(std::uint32_t index, Change change) {
  auto& node = nodes_[index];
  const auto before = std::popcount(node.free());
  change(node);
  const auto after = std::popcount(node.free());
  if (before == after) return;
  auto& pool = pools_[node.pool];
  // Nobody asks for a node without free GPUs, so bucket 0 stays empty.
  if (before > 0) pool.by_free_count[static_cast<std::size_t>(before)].erase(node.slot);
  if (after > 0) pool.by_free_count[static_cast<std::size_t>(after)].insert(node.slot);
  if (after > before) pool.grown = true;
}

void Fleet::set_ready(std::uint32_t index, bool ready) {
  update(index, [&](Node& node) { node.ready = ready; });
}

void Fleet::set_cordoned(std::uint32_t index, bool cordoned) {
  update(index, [&](Node& node) { node.cordoned = cordoned; });
}

void Fleet::set_registered(std::uint32_t index, GpuMask gpus) {
  update(index, [&](Node& node) { node.registered |= gpus; });
}

void Fleet::set_faulty(std::uint32_t index, GpuMask gpus, bool faulty) {
  update(index, [&](Node& node) { set_bits(node.faulty, gpus, faulty); });
}

void Fleet::set_suspect(std::uint32_t index, GpuMask gpus, bool suspect) {
  update(index, [&](Node& node) { set_bits(node.suspect, gpus, suspect); });
}

void Fleet::set_holder(std::uint32_t index, GpuMask gpus, std::uint32_t lease) {
  update(index, [&](Node& node) {
    set_bits(node.held, gpus, lease != none);
    for_each_gpu(gpus, [&](std::uint32_t gpu) { node.gpus[gpu].holder = lease; });
  });
}

void Fleet::set_claimant(std::uint32_t index, std::uint32_t gpu, std::uint32_t lease) {
  nodes_[index].gpus[gpu].claimant = lease;
}

void Fleet::set_fence(std::uint32_t index, std::uint32_t gpu, std::uint64_t fence) {
  nodes_[index].gpus[gpu].fence = fence;
}

std::vector<std::uint32_t> Fleet::take_grown_pools() {
  std::vector<std::uint32_t> grown;
  for (std::uint32_t index = 0; index < pool_count(); ++index)
    if (std::exchange(pools_[index].grown, false)) grown.push_back(index);
  return grown;
}

}  // namespace orrery
