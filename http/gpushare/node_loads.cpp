#include "http/gpushare/node_loads.hpp"

#include <algorithm>
#include <tuple>

namespace orrery::gpushare {

namespace {

/// How long a node is remembered that has nothing to do.
constexpr std::chrono::minutes idle_max{10};

std::uint64_t places_of(const SharedNodeDetails& node) {
  return std::max<std::uint32_t>(node.offer.concurrency, 1);
}

}  // namespace

SharingView::Node NodeLoads::take(const std::vector<SharingView::Node>& candidates, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  const Load fresh;
  const SharingView::Node* best = nullptr;
  const Load* best_load = nullptr;
  for (const auto& node : candidates) {
    const auto found = loads_.find(std::string_view(node->id));
    const auto& load = found == loads_.end() ? fresh : found->second;
    const auto is_before = [&] {
      // a/b < c/d without dividing.
      const auto mine = load.running * places_of(**best);
      const auto its = best_load->running * places_of(*node);
      return std::tuple(load.suspect_until > now, mine, load.last_turn) <
             std::tuple(best_load->suspect_until > now, its, best_load->last_turn);
    };
    if (best != nullptr && !is_before()) continue;
    best = &node;
    best_load = &load;
  }
  if (best == nullptr) return nullptr;
  auto& load = loads_[(*best)->id];
  ++load.running;
  load.last_turn = ++turn_;
  load.last_asked = now;
  return *best;
}

void NodeLoads::give_back(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  const auto found = loads_.find(id);
  if (found != loads_.end() && found->second.running > 0) --found->second.running;
}

void NodeLoads::suspect(std::string_view id, TimePoint until) {
  const std::scoped_lock lock(mutex_);
  const auto found = loads_.find(id);
  if (found != loads_.end()) found->second.suspect_until = until;
}

std::uint32_t NodeLoads::running_at(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = loads_.find(id);
  return found == loads_.end() ? 0 : found->second.running;
}

void NodeLoads::forget_idle(TimePoint now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(loads_, [&](const auto& entry) {
    return entry.second.running == 0 && now - entry.second.last_asked > idle_max;
  });
}

}  // namespace orrery::gpushare
