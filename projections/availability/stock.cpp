#include "projections/availability/stock.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace orrery {

bool Stock::available(std::string_view cluster, std::string_view gpu_model,
                      std::uint32_t gpu_count) const {
  const Pool* pool = find_pool(cluster, gpu_model);
  if (!pool || gpu_count == 0 || gpu_count > pool->gpus_per_node) return false;
  foresee(*pool);
  return !pool->somebody_waits && pool->free_then.fits(gpu_count);
}

std::uint64_t Stock::capacity(std::string_view cluster, std::string_view gpu_model,
                              std::uint32_t gpu_count) const {
  if (!available(cluster, gpu_model, gpu_count)) return 0;
  return find_pool(cluster, gpu_model)->free_then.times(gpu_count);
}

std::uint64_t Stock::free_gpu_count(std::string_view cluster, std::string_view gpu_model) const {
  const Pool* pool = find_pool(cluster, gpu_model);
  if (!pool) return 0;
  foresee(*pool);
  return pool->free_then.total();
}

const Stock::Pool* Stock::find_pool(std::string_view cluster, std::string_view gpu_model) const {
  const auto found = pools_.find(std::pair(cluster, gpu_model));
  return found == pools_.end() ? nullptr : &found->second;
}

Stock::Pool& Stock::pool(std::string_view cluster, std::string_view gpu_model) {
  const auto found = pools_.find(std::pair(cluster, gpu_model));
  if (found != pools_.end()) return found->second;
  Pool& added = pools_[{std::string(cluster), std::string(gpu_model)}];
  added.cluster = cluster;
  added.gpu_model = gpu_model;
  const auto declared = clusters_.find(cluster);
  if (declared != clusters_.end()) added.strategy = declared->second.strategy;
  return added;
}

bool Stock::waits_when_full(std::string_view cluster) const {
  const auto declared = clusters_.find(cluster);
  return declared != clusters_.end() && declared->second.when_full == WhenFull::queue;
}

// Nodes and GPUs.

std::uint32_t Stock::Node::free_count() const {
  if (!ready || cordoned) return 0;
  const auto count = static_cast<std::uint32_t>(std::popcount(registered & ~faulty & ~held));
  return count > reserved_count ? count - reserved_count : 0;
}

Stock::Node* Stock::node(std::string_view id) {
  const auto found = node_by_id_.find(id);
  return found == node_by_id_.end() ? nullptr : found->second;
}

Stock::GpuPlace Stock::gpu(std::string_view id) {
  const auto colon = id.rfind(':');
  if (colon == std::string_view::npos) return {};
  GpuPlace place{node(id.substr(0, colon)), gpus_per_node_max};
  std::from_chars(id.data() + colon + 1, id.data() + id.size(), place.index);
  return place.index < gpus_per_node_max ? place : GpuPlace{};
}

void Stock::fold(const ClusterDeclared& declared, std::string_view id, Position) {
  clusters_[std::string(id)] = declared;
  for (auto& [key, pool] : pools_) {
    if (pool.cluster != id) continue;
    pool.strategy = declared.strategy;
    pool.foreseen = false;
  }
  const bool waits = declared.when_full == WhenFull::queue;
  for (auto& [holder, create] : creates_)
    if (create->pool->cluster == id && !create->policy_is_frozen)
      create->pool->demands[create->place].waits = waits;
}

/// Nothing is ever placed on a node that its owner looks after.
void Stock::fold(const NodeRegistered& registered, std::string_view id, Position) {
  if (node(id) || registered.driver == NodeDriver::owner) return;
  Node& added = nodes_.emplace_back();
  added.id = id;
  added.pool = &pool(registered.cluster, registered.gpu_model);
  added.pool->gpus_per_node =
      std::min(gpus_per_node_max, std::max(added.pool->gpus_per_node, registered.gpu_count));
  added.pool->free.add_node(0);
  added.pool->foreseen = false;
  node_by_id_.emplace(added.id, &added);
}

void Stock::fold(const NodeBecameReady&, std::string_view id, Position) {
  if (Node* found = node(id)) update(*found, [&] { found->ready = true; });
}

void Stock::fold(const NodeLost&, std::string_view id, Position) {
  if (Node* found = node(id)) update(*found, [&] { found->ready = false; });
}

void Stock::fold(const NodeCordoned&, std::string_view id, Position) {
  if (Node* found = node(id)) update(*found, [&] { found->cordoned = true; });
}

void Stock::fold(const NodeUncordoned&, std::string_view id, Position) {
  if (Node* found = node(id)) update(*found, [&] { found->cordoned = false; });
}

void Stock::fold(const GpuRegistered&, std::string_view id, Position) {
  const auto place = gpu(id);
  if (!place || (place.node->registered & place.bit()) != 0) return;
  ++place.node->pool->gpu_count;
  update(*place.node, [&] { place.node->registered |= place.bit(); });
}

void Stock::fold(const GpuFaulted&, std::string_view id, Position) {
  if (const auto place = gpu(id)) update(*place.node, [&] { place.node->faulty |= place.bit(); });
}

void Stock::fold(const GpuRepaired&, std::string_view id, Position) {
  if (const auto place = gpu(id)) update(*place.node, [&] { place.node->faulty &= ~place.bit(); });
}

/// A claim for a lease that has ended takes nothing: placement gives it back and counts the GPU as
/// free meanwhile.
void Stock::fold(const GpuClaimed& claimed, std::string_view id, Position) {
  const auto place = gpu(id);
  Lease* claimant = lease(claimed.lease_id);
  if (place && claimant) hold(*claimant, place);
}

void Stock::fold(const GpuReleased& released, std::string_view id, Position) {
  const auto place = gpu(id);
  if (place && place.holder() && place.holder()->id == released.lease_id) give_up(place);
}

// Leases.

Stock::Lease* Stock::lease(std::string_view id) {
  const auto found = leases_.find(id);
  return found == leases_.end() ? nullptr : found->second.get();
}

void Stock::ask(const Lease& lease) {
  const bool is_stuck = lease.queued && (lease.wants_more || lease.pool->gpu_model.empty());
  lease.pool->demands[{Stage::has_lease, lease.position}] = {lease.gpu_count, lease.waits,
                                                             is_stuck};
  changed(*lease.pool);
}

void Stock::reserve(Lease& lease, Node& node, std::uint32_t claimed_count) {
  const auto missing = [&] {
    return lease.claimed_count == 0 || lease.claimed_count > lease.gpu_count
               ? 0
               : lease.gpu_count - lease.claimed_count;
  };
  node.reserved_count -= missing();
  lease.claimed_count = claimed_count;
  node.reserved_count += missing();
}

void Stock::hold(Lease& lease, GpuPlace gpu) {
  if (gpu.holder() || (lease.node && lease.node != gpu.node)) return;
  if (!lease.node) {
    lease.pool->demands.erase({Stage::has_lease, lease.position});
    changed(*lease.pool);
    lease.node = gpu.node;
  }
  update(*gpu.node, [&] {
    gpu.holder() = &lease;
    gpu.node->held |= gpu.bit();
    reserve(lease, *gpu.node, lease.claimed_count + 1);
  });
}

void Stock::give_up(GpuPlace gpu) {
  Lease& lease = *gpu.holder();
  update(*gpu.node, [&] {
    gpu.holder() = nullptr;
    gpu.node->held &= ~gpu.bit();
    reserve(lease, *gpu.node, lease.claimed_count - 1);
  });
  if (lease.claimed_count > 0) return;
  lease.node = nullptr;
  ask(lease);
}

void Stock::end_lease(std::string_view id) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  Lease& lease = *found->second;
  lease.pool->demands.erase({Stage::has_lease, lease.position});
  changed(*lease.pool);
  if (Node* node = lease.node)
    update(*node, [&] {
      reserve(lease, *node, 0);
      for (GpuPlace gpu{node, 0}; gpu.index < gpus_per_node_max; ++gpu.index)
        if (gpu.holder() == &lease) {
          gpu.holder() = nullptr;
          node->held &= ~gpu.bit();
        }
    });
  leases_.erase(found);
}

void Stock::fold(const LeaseRequested& requested, std::string_view id, Position position) {
  if (lease(id)) return;
  drop_create(requested.holder);
  if (requested.gpu_count == 0) return;  // Of processors and memory nothing is foreseen.
  auto added = std::make_unique<Lease>();
  added->id = id;
  added->pool = &pool(requested.cluster, requested.gpu_model);
  added->position = position;
  added->gpu_count = requested.gpu_count;
  added->waits = requested.when_full == WhenFull::queue;
  added->wants_more =
      requested.cpu_count != 0 || requested.memory_mib != 0 || !requested.gang.id.empty();
  ask(*added);
  const std::string_view key = added->id;
  leases_.emplace(key, std::move(added));
}

void Stock::fold(const LeaseQueued&, std::string_view id, Position) {
  Lease* found = lease(id);
  if (!found) return;
  found->queued = true;
  if (!found->node) ask(*found);
}

/// Every GPU was claimed before; this only makes sure of it.
void Stock::fold(const LeaseGranted& granted, std::string_view id, Position) {
  Lease* found = lease(id);
  Node* where = node(granted.node_id);
  if (!found || !where) return;
  for (const auto index : granted.gpu_indices)
    if (index < gpus_per_node_max) hold(*found, {where, index});
}

void Stock::fold(const LeaseRefused&, std::string_view id, Position) { end_lease(id); }
void Stock::fold(const LeaseReleased&, std::string_view id, Position) { end_lease(id); }
void Stock::fold(const LeaseExpired&, std::string_view id, Position) { end_lease(id); }

}  // namespace orrery
