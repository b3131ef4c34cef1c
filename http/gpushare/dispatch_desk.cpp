#include "http/gpushare/dispatch_desk.hpp"

#include <algorithm>
#include <utility>

#include "http/gpushare/inference_call.hpp"
#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

ModelSource& DispatchDesk::source_of(const SharedNodeDetails& node) const {
  return node.offer.reach == NodeReach::agent ? *dependencies.agents : *dependencies.endpoints;
}

bool DispatchDesk::is_live(const SharedNodeDetails& node) const {
  if (!node.is_ready || node.is_cordoned) return false;
  const auto owner = dependencies.clients->find(node.offer.client_id);
  return owner && owner->is_provider_approved && source_of(node).is_reachable(node);
}

SharingView::Node DispatchDesk::choose(std::string_view model, std::string_view except,
                                       TimePoint now) {
  auto nodes = dependencies.sharing->nodes_with(model);
  std::erase_if(nodes, [&](const auto& node) { return node->id == except || !is_live(*node); });
  return loads.take(nodes, now);
}

DispatchDesk::Entry DispatchDesk::enter(const std::shared_ptr<InferenceCall>& call,
                                        const std::string& client_id) {
  const std::scoped_lock lock(mutex_);
  if (is_closed_) return Entry::closed;
  if (running_.size() >= limits.running_count_max) return Entry::full;
  auto& count = running_of_client_[client_id];
  if (count >= limits.running_count_per_client_max) return Entry::full_for_client;
  ++count;
  running_.emplace(call.get(), call);
  return Entry::taken;
}

void DispatchDesk::leave(const InferenceCall& call, const std::string& client_id) {
  std::shared_ptr<InferenceCall> left;  // Goes without the lock.
  const std::scoped_lock lock(mutex_);
  const auto found = running_.find(&call);
  if (found == running_.end()) return;
  left = std::move(found->second);
  running_.erase(found);
  const auto count = running_of_client_.find(client_id);
  if (--count->second == 0) running_of_client_.erase(count);
}

std::vector<std::shared_ptr<InferenceCall>> DispatchDesk::running() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<InferenceCall>> calls;
  calls.reserve(running_.size());
  for (const auto& [key, call] : running_) calls.push_back(call);
  return calls;
}

std::size_t DispatchDesk::running_count() const {
  const std::scoped_lock lock(mutex_);
  return running_.size();
}

std::vector<std::shared_ptr<InferenceCall>> DispatchDesk::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  return running();
}

}  // namespace orrery::gpushare
