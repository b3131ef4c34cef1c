#include "sim/traces/play/machines.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace orrery::play {
namespace {

constexpr std::uint32_t whole_gpu = 1'000;

std::uint64_t supply_of(std::uint32_t count) { return count == 0 ? Supply::unlimited : count; }

std::uint64_t all_gpus(std::uint32_t count) {
  return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// The `count` smallest GPUs of the mask.
std::uint64_t lowest(std::uint64_t mask, std::uint32_t count) {
  auto rest = mask;
  for (; count > 0; --count) rest &= rest - 1;
  return mask ^ rest;
}

std::uint32_t count_of(std::uint64_t gpus) {
  return static_cast<std::uint32_t>(std::popcount(gpus));
}

void take_from(std::uint64_t& free, std::uint64_t amount) {
  if (free != Supply::unlimited) free -= amount;
}

void add_to(std::uint64_t& free, std::uint64_t amount) {
  if (free != Supply::unlimited) free += amount;
}

std::uint64_t fragments_of(std::uint64_t untouched, std::uint32_t gpu_count) {
  const auto count = count_of(untouched);
  return count == gpu_count ? 0 : count;
}

}  // namespace

Machines::Machines(const TraceCluster& cluster, PlacementStrategy strategy)
    : strategy_(strategy), gpus_per_node_(cluster.gpus_per_node()) {
  nodes_.reserve(cluster.node_count());
  for (auto& offers : offers_) offers.node_counts.resize(std::size_t{gpus_per_node_} + 1);
  for (const auto& kind : cluster.nodes) {
    assert(kind.gpus_per_node <= TraceCluster::gpus_per_node_max);
    const Supply whole{kind.gpus_per_node, supply_of(kind.cpus_per_node),
                       supply_of(kind.memory_mib_per_node)};
    for (std::uint32_t i = 0; i < kind.node_count; ++i) {
      const auto index = node_count();
      nodes_.push_back({whole, all_gpus(whole.gpu_count), whole.cpu_count, whole.memory_mib, false,
                        false, std::nullopt});
      for (auto& offers : offers_) {
        offers.pool.add_node(index, whole);
        offers.move(index, std::nullopt, whole);
      }
    }
  }
}

// What is on offer.

Supply Machines::Node::free() const { return {count_of(untouched), cpus_free, memory_free}; }

void Machines::Offers::move(std::uint32_t node, const std::optional<Supply>& before,
                            const std::optional<Supply>& after) {
  if (before == after) return;
  pool.move(node, before, after);  // Its slot is its number: there is one pool for all nodes.
  if (before) --node_counts[before->gpu_count];
  if (after) ++node_counts[after->gpu_count];
}

std::optional<Supply> Machines::offer(const Node& node, Stay stay) const {
  if (node.is_aside) return std::nullopt;
  auto free = node.free();
  if (stay == Stay::until_promise || !node.is_promised) return free;
  if (!node.spare) return std::nullopt;
  return Supply{std::min(free.gpu_count, node.spare->gpu_count),
                std::min(free.cpu_count, node.spare->cpu_count),
                std::min(free.memory_mib, node.spare->memory_mib)};
}

template <class Change>
void Machines::update(std::uint32_t index, Change change) {
  auto& node = nodes_[index];
  const auto until_before = offer(node, Stay::until_promise);
  const auto beyond_before = offer(node, Stay::beyond);
  fragmented_gpu_count_ -= fragments_of(node.untouched, node.whole.gpu_count);
  change(node);
  fragmented_gpu_count_ += fragments_of(node.untouched, node.whole.gpu_count);
  offers_[0].move(index, until_before, offer(node, Stay::until_promise));
  offers_[1].move(index, beyond_before, offer(node, Stay::beyond));
}

void Machines::set_aside(std::uint32_t index, bool aside) {
  update(index, [&](Node& node) { node.is_aside = aside; });
}

void Machines::promise(std::uint32_t index, const std::optional<Supply>& spare) {
  update(index, [&](Node& node) {
    node.is_promised = true;
    node.spare = spare;
  });
}

void Machines::lift_promise(std::uint32_t index) {
  update(index, [](Node& node) { node.is_promised = false; });
}

// Choosing.

bool Machines::could_hold(const Shape& shape) const {
  const auto& pool = offers_[0].pool;
  if (shape.whole_node_count != 0 &&
      pool.count_that_could_hold(shape.whole.of_node) < shape.whole_node_count)
    return false;
  // Who holds a whole part holds the rest as well.
  return !shape.has_rest || pool.count_that_could_hold(shape.rest.of_node) > shape.whole_node_count;
}

std::uint32_t Machines::node_with_whole_gpus(const Demand& demand, Stay stay) const {
  const auto& offers = offers_[static_cast<std::size_t>(stay)];
  const bool ascending = demand.gpu_count == 0 || strategy_ == PlacementStrategy::pack;
  for (auto tried = demand.gpu_count; tried <= gpus_per_node_; ++tried) {
    const auto free_count = ascending ? tried : gpus_per_node_ + demand.gpu_count - tried;
    if (offers.node_counts[free_count] == 0) continue;
    const auto node = offers.pool.node_with(free_count, demand, strategy_);
    if (node != none) return node;
  }
  return none;
}

std::optional<Machines::Choice> Machines::choose(const Need& need, Stay stay) const {
  if (need.is_share()) return choose_share(need, stay);
  const auto node = node_with_whole_gpus(need.of_node, stay);
  if (node == none) return std::nullopt;
  return Choice{node, lowest(nodes_[node].untouched, need.of_node.gpu_count)};
}

std::optional<Machines::Choice> Machines::choose_share(const Need& need, Stay stay) const {
  if (strategy_ == PlacementStrategy::pack)
    if (const auto shared = shared_gpu(need, stay)) return shared;
  const auto node = node_with_whole_gpus(need.of_node, stay);
  if (node != none) return Choice{node, lowest(nodes_[node].untouched, 1)};
  return strategy_ == PlacementStrategy::spread ? shared_gpu(need, stay) : std::nullopt;
}

/// Of GPUs that have enough left, the one with the least of it (pack) or the most (spread).
std::optional<Machines::Choice> Machines::shared_gpu(const Need& need, Stay stay) const {
  const auto among = [&](const std::set<std::uint32_t>& gpus) -> std::optional<Choice> {
    for (const auto gpu : gpus) {
      const auto node = gpu / gpus_per_node_;
      if (may_share_on(nodes_[node], need, stay))
        return Choice{node, std::uint64_t{1} << (gpu % gpus_per_node_)};
    }
    return std::nullopt;
  };
  const auto tightest = shared_.lower_bound(need.gpu_milli);
  if (strategy_ == PlacementStrategy::pack) {
    for (auto gpus = tightest; gpus != shared_.end(); ++gpus)
      if (const auto found = among(gpus->second)) return found;
    return std::nullopt;
  }
  for (auto gpus = shared_.end(); gpus != tightest;)
    if (const auto found = among((--gpus)->second)) return found;
  return std::nullopt;
}

/// On a promised node who stays longer takes no share of a GPU that is shared already: whether that
/// leaves enough at the moment of the promise is more than `Node::spare` tells.
bool Machines::may_share_on(const Node& node, const Need& need, Stay stay) const {
  if (node.is_aside || (node.is_promised && stay == Stay::beyond)) return false;
  return need.of_node.cpu_count <= node.cpus_free && need.of_node.memory_mib <= node.memory_free;
}

std::uint32_t Machines::node_for(const Need& need) {
  const auto choice = choose(need, Stay::until_promise);
  return choice ? choice->node : none;
}

// Taking and giving back.

bool Machines::fits(const Shape& shape, Stay stay) {
  if (shape.whole_node_count == 0) return choose(shape.rest, stay).has_value();
  Parts parts;
  if (!place(shape, stay, parts)) return false;
  give_back(shape, parts);
  return true;
}

bool Machines::place(const Shape& shape, Stay stay, Parts& parts) {
  parts.clear();
  const auto& offers = offers_[static_cast<std::size_t>(stay)];
  if (shape.whole_node_count > 0 && offers.node_counts[gpus_per_node_] < shape.whole_node_count)
    return false;
  if (take_parts(shape, stay, parts)) return true;
  give_back(shape, parts);
  parts.clear();
  return false;
}

bool Machines::take_parts(const Shape& shape, Stay stay, Parts& parts) {
  for (std::uint32_t i = 0; i < shape.part_count(); ++i) {
    const auto& need = shape.part(i);
    const auto choice = choose(need, stay);
    if (!choice) return false;
    take(*choice, need);
    parts.push_back({choice->node, choice->gpus});
  }
  return true;
}

void Machines::give_back(const Shape& shape, const Parts& parts) {
  for (std::uint32_t i = 0; i < parts.size(); ++i) give_back(parts[i], shape.part(i));
}

void Machines::take(const Choice& choice, const Need& need) {
  update(choice.node, [&](Node& node) {
    take_from(node.cpus_free, need.of_node.cpu_count);
    take_from(node.memory_free, need.of_node.memory_mib);
    if (need.is_share()) {
      const auto gpu = gpu_number(choice.node, choice.gpus);
      const bool is_untouched = (node.untouched & choice.gpus) != 0;
      const auto free = is_untouched ? whole_gpu : gpu_free_milli_[gpu];
      assert(free >= need.gpu_milli);
      set_share(gpu, free - need.gpu_milli);
    }
    node.untouched &= ~choice.gpus;
  });
  gpu_milli_in_use_ += std::uint64_t{need.of_node.gpu_count} * need.gpu_milli;
}

void Machines::give_back(const TracePart& part, const Need& need) {
  update(part.node, [&](Node& node) {
    assert((node.untouched & part.gpus) == 0);
    add_to(node.cpus_free, need.of_node.cpu_count);
    add_to(node.memory_free, need.of_node.memory_mib);
    if (need.is_share()) {
      const auto gpu = gpu_number(part.node, part.gpus);
      const auto free = gpu_free_milli_[gpu] + need.gpu_milli;
      set_share(gpu, free);
      if (free != whole_gpu) return;
    }
    node.untouched |= part.gpus;
  });
  gpu_milli_in_use_ -= std::uint64_t{need.of_node.gpu_count} * need.gpu_milli;
}

/// Notes what is left of a GPU. Neither one with nothing left nor an untouched one is shared.
void Machines::set_share(std::uint32_t gpu, std::uint32_t free_milli) {
  if (gpu_free_milli_.empty())
    gpu_free_milli_.resize(std::size_t{node_count()} * gpus_per_node_, whole_gpu);
  const auto before = gpu_free_milli_[gpu];
  if (const auto gpus = shared_.find(before); gpus != shared_.end()) {
    gpus->second.erase(gpu);
    if (gpus->second.empty()) shared_.erase(gpus);
  }
  gpu_free_milli_[gpu] = static_cast<std::uint16_t>(free_milli);
  if (free_milli != 0 && free_milli != whole_gpu) shared_[free_milli].insert(gpu);
}

std::uint32_t Machines::gpu_number(std::uint32_t node, std::uint64_t gpus) const {
  return node * gpus_per_node_ + static_cast<std::uint32_t>(std::countr_zero(gpus));
}

}  // namespace orrery::play
