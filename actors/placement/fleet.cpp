#include "actors/placement/fleet.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace orrery {
namespace {

void set_bits(GpuMask& mask, GpuMask bits, bool on) { mask = on ? mask | bits : mask & ~bits; }

std::uint64_t supply_of(std::uint32_t count) { return count == 0 ? Supply::unlimited : count; }

/// More may be held than there is, where an operator said that a node is smaller than it was.
std::uint64_t rest(std::uint64_t whole, std::uint64_t held) {
  if (whole == Supply::unlimited) return whole;
  return whole > held ? whole - held : 0;
}

/// Somebody might be served after the change who was not before.
bool has_grown(const std::optional<Supply>& before, const std::optional<Supply>& after) {
  if (!after) return false;
  return !before || after->gpu_count > before->gpu_count || after->cpu_count > before->cpu_count ||
         after->memory_mib > before->memory_mib;
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

std::uint8_t BlockedPools::kinds(const Demand& demand) {
  return static_cast<std::uint8_t>((demand.gpu_count != 0 ? 1 : 0) |
                                   (demand.counts_room() ? 2 : 0));
}

void BlockedPools::block(std::uint32_t pool, const Demand& demand) {
  if (pool >= kinds_by_pool_.size()) kinds_by_pool_.resize(std::size_t{pool} + 1);
  kinds_by_pool_[pool] |= kinds(demand);
}

bool BlockedPools::allows(std::uint32_t pool, const Demand& demand) const {
  return pool >= kinds_by_pool_.size() || (kinds_by_pool_[pool] & kinds(demand)) == 0;
}

std::optional<Supply> Fleet::Node::offer() const {
  if (!ready || cordoned || set_aside) return std::nullopt;
  return Supply{static_cast<std::uint32_t>(std::popcount(free())), rest(whole.cpu_count, cpu_held),
                rest(whole.memory_mib, memory_held)};
}

// Clusters and pools.

void Fleet::declare_cluster(std::string_view name, const ClusterDeclared& policy) {
  policies_.insert_or_assign(std::string(name), policy);
  clusters_[cluster_of(name)].strategy = policy.strategy;
}

std::uint32_t Fleet::cluster_of(std::string_view name) {
  if (const auto found = cluster_index_.find(name); found != cluster_index_.end())
    return found->second;
  const auto index = static_cast<std::uint32_t>(clusters_.size());
  clusters_.emplace_back().name = name;
  cluster_index_.emplace(name, index);
  return index;
}

std::uint32_t Fleet::pool_of(std::uint32_t cluster, std::string_view gpu_model, bool has_gpus) {
  auto& known = clusters_[cluster];
  if (!has_gpus) {
    if (known.bare_pool == none) known.bare_pool = add_pool("");
    return known.bare_pool;
  }
  if (const auto found = known.pools.find(gpu_model); found != known.pools.end())
    return found->second;
  return known.pools.emplace(gpu_model, add_pool(gpu_model)).first->second;
}

std::uint32_t Fleet::add_pool(std::string_view gpu_model) {
  pools_.emplace_back().gpu_model = gpu_model;
  return static_cast<std::uint32_t>(pools_.size() - 1);
}

Fleet::Kind Fleet::kind_of(std::string_view cluster, std::string_view gpu_model,
                           std::uint32_t gpu_count) {
  const auto index = cluster_of(cluster);
  if (gpu_count == 0) return {index, none, false};
  if (gpu_model.empty()) return {index, none, true};
  return {index, pool_of(index, gpu_model, true), true};
}

template <class Visit>
void Fleet::for_each_pool(const Kind& kind, Visit visit) const {
  if (kind.pool != none) return visit(kind.pool);
  const auto& cluster = clusters_[kind.cluster];
  if (!kind.wants_gpus && cluster.bare_pool != none) visit(cluster.bare_pool);
  for (const auto& [gpu_model, pool] : cluster.pools) visit(pool);
}

// Choosing.

std::uint32_t Fleet::count_that_could_hold(const Kind& kind, const Demand& demand) const {
  std::uint32_t count = 0;
  for_each_pool(
      kind, [&](std::uint32_t pool) { count += pools_[pool].nodes.count_that_could_hold(demand); });
  return count;
}

bool Fleet::could_hold_on(std::uint32_t index, const Kind& kind, const Demand& demand) const {
  if (index >= node_count()) return false;
  const auto& node = nodes_[index];
  const bool is_of_kind = kind.pool == none ? node.cluster == kind.cluster : node.pool == kind.pool;
  return is_of_kind && node.whole.holds(demand);
}

void Fleet::block(const Kind& kind, const Demand& demand, BlockedPools& blocked) const {
  for_each_pool(kind, [&](std::uint32_t pool) {
    const auto& nodes = pools_[pool].nodes;
    if (!nodes.could_hold(demand)) return;
    // As long as it lacks GPUs, processors and memory are of no use to it.
    const bool lacks_gpus = demand.gpu_count != 0 && !nodes.has_free(demand.gpu_count);
    blocked.block(pool, lacks_gpus ? Demand{demand.gpu_count, 0, 0} : demand);
  });
}

std::optional<Fleet::Choice> Fleet::choose(const Kind& kind, const Demand& demand,
                                           const BlockedPools& blocked) const {
  std::uint32_t gpu_count_max = 0;
  for_each_pool(kind, [&](std::uint32_t pool) {
    gpu_count_max = std::max(gpu_count_max, pools_[pool].nodes.gpu_count_max());
  });
  const bool ascending =
      demand.gpu_count == 0 || clusters_[kind.cluster].strategy == PlacementStrategy::pack;
  for (auto tried = demand.gpu_count; tried <= gpu_count_max; ++tried) {
    const auto free_count = ascending ? tried : gpu_count_max + demand.gpu_count - tried;
    const auto index = node_with(free_count, kind, demand, blocked);
    if (index != none) return Choice{index, lowest_gpus(nodes_[index].free(), demand.gpu_count)};
  }
  return std::nullopt;
}

std::uint32_t Fleet::node_with(std::uint32_t free_gpu_count, const Kind& kind, const Demand& demand,
                               const BlockedPools& blocked) const {
  auto index = none;
  for_each_pool(kind, [&](std::uint32_t pool) {
    if (index == none && blocked.allows(pool, demand))
      index =
          pools_[pool].nodes.node_with(free_gpu_count, demand, clusters_[kind.cluster].strategy);
  });
  return index;
}

std::optional<Fleet::Choice> Fleet::choose_on(std::uint32_t index, const Demand& demand) const {
  const auto& node = nodes_[index];
  const auto offer = node.offer();
  if (!offer || !offer->holds(demand)) return std::nullopt;
  return Choice{index, lowest_gpus(node.free(), demand.gpu_count)};
}

// Nodes.

std::uint32_t Fleet::add_node(std::string_view id, const NodeRegistered& description) {
  assert(description.gpu_count <= orrery::Node::gpu_count_max);
  const auto index = node_count();
  auto& node = nodes_.emplace_back();
  node.id = id;
  node.whole = {description.gpu_count, supply_of(description.cpu_count),
                supply_of(description.memory_mib)};
  node.cluster = cluster_of(description.cluster);
  node.pool = pool_of(node.cluster, description.gpu_model, description.gpu_count != 0);
  node.slot = pools_[node.pool].nodes.add_node(index, node.whole);
  node_index_.emplace(node.id, index);
  return index;
}

std::uint32_t Fleet::find_node(std::string_view id) const {
  const auto found = node_index_.find(id);
  return found == node_index_.end() ? none : found->second;
}

template <class Change>
void Fleet::update(std::uint32_t index, Change change) {
  auto& node = nodes_[index];
  const auto before = node.offer();
  change(node);
  const auto after = node.offer();
  if (before == after) return;
  pools_[node.pool].nodes.move(node.slot, before, after);
  if (has_grown(before, after)) clusters_[node.cluster].grown = true;
}

void Fleet::reconsider(std::uint32_t index) { clusters_[nodes_[index].cluster].grown = true; }

void Fleet::set_ready(std::uint32_t index, bool ready) {
  update(index, [&](Node& node) { node.ready = ready; });
  reconsider(index);
}

void Fleet::set_cordoned(std::uint32_t index, bool cordoned) {
  update(index, [&](Node& node) { node.cordoned = cordoned; });
  reconsider(index);
}

void Fleet::set_aside(std::uint32_t index, bool aside) {
  update(index, [&](Node& node) { node.set_aside = aside; });
}

void Fleet::set_registered(std::uint32_t index, GpuMask gpus) {
  update(index, [&](Node& node) { node.registered |= gpus; });
}

void Fleet::set_faulty(std::uint32_t index, GpuMask gpus, bool faulty) {
  update(index, [&](Node& node) { set_bits(node.faulty, gpus, faulty); });
  reconsider(index);
}

void Fleet::set_suspect(std::uint32_t index, GpuMask gpus, bool suspect) {
  update(index, [&](Node& node) { set_bits(node.suspect, gpus, suspect); });
  if (suspect) reconsider(index);
}

void Fleet::give(std::uint32_t index, GpuMask gpus, const Demand& demand, std::uint32_t lease) {
  update(index, [&](Node& node) {
    assert((node.held & gpus) == 0);
    node.held |= gpus;
    node.cpu_held += demand.cpu_count;
    node.memory_held += demand.memory_mib;
    if (gpus == 0) node.bare_leases.push_back(lease);
    for_each_gpu(gpus, [&](std::uint32_t gpu) { node.gpus[gpu].holder = lease; });
  });
}

void Fleet::take_back(std::uint32_t index, GpuMask gpus, const Demand& demand,
                      std::uint32_t lease) {
  update(index, [&](Node& node) {
    assert((node.held & gpus) == gpus && node.cpu_held >= demand.cpu_count &&
           node.memory_held >= demand.memory_mib);
    node.held &= ~gpus;
    node.cpu_held -= demand.cpu_count;
    node.memory_held -= demand.memory_mib;
    if (gpus == 0) std::erase(node.bare_leases, lease);
    for_each_gpu(gpus, [&](std::uint32_t gpu) { node.gpus[gpu].holder = none; });
  });
}

void Fleet::set_claimant(std::uint32_t index, std::uint32_t gpu, std::uint32_t lease) {
  nodes_[index].gpus[gpu].claimant = lease;
}

void Fleet::set_fence(std::uint32_t index, std::uint32_t gpu, std::uint64_t fence) {
  nodes_[index].gpus[gpu].fence = fence;
}

std::vector<std::uint32_t> Fleet::take_grown_clusters() {
  std::vector<std::uint32_t> grown;
  for (std::uint32_t index = 0; index < clusters_.size(); ++index)
    if (std::exchange(clusters_[index].grown, false)) grown.push_back(index);
  return grown;
}

}  // namespace orrery
