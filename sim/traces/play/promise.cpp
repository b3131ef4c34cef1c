#include "sim/traces/play/promise.hpp"

#include <algorithm>
#include <cassert>

namespace orrery::play {

void Promise::make(std::uint32_t job, const Shape& shape, std::int64_t now_ms) {
  drop();
  job_ = job;
  shape_ = &shape;
  whole_ms_ = find(shape.whole, shape.whole_node_count, now_ms);
  rest_ms_ = find(shape.rest, shape.has_rest ? 1 : 0, now_ms);
  due_ms_ = std::max(whole_ms_, rest_ms_);
  for (const auto node : nodes_) {
    machines_.set_aside(node, false);
    share_out(node);
  }
}

void Promise::drop() {
  for (const auto node : nodes_) machines_.lift_promise(node);
  nodes_.clear();
  job_ = nobody;
}

std::int64_t Promise::find(const Need& need, std::uint32_t count, std::int64_t now_ms) {
  for (; count > 0; --count) {
    const auto node = machines_.node_for(need);
    if (node == Machines::none) return wait_for(need, count);
    keep(node);
  }
  return now_ms;
}

std::int64_t Promise::wait_for(const Need& need, std::uint32_t count) {
  const auto& ends = runs_.by_expected_end();
  std::vector<std::uint32_t> found;
  for (auto end = ends.begin(); end != ends.end();) {
    const auto at_ms = end->first;
    found.clear();
    for (; end != ends.end() && end->first == at_ms; ++end)
      for (const auto& part : runs_[end->second].parts)
        if (!machines_.is_aside(part.node) &&
            runs_.would_fit(machines_.whole(part.node), part.node, need, at_ms))
          found.push_back(part.node);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const auto node : found) {
      keep(node);
      if (--count == 0) return at_ms;
    }
  }
  assert(false && "it would fit on empty nodes");
  return 0;
}

void Promise::keep(std::uint32_t node) {
  machines_.set_aside(node, true);
  nodes_.push_back(node);
}

void Promise::share_out(std::uint32_t node) {
  const auto& need = is_of_rest(node) ? shape_->rest : shape_->whole;
  if (need.is_share()) return machines_.promise(node, std::nullopt);
  auto spare = runs_.free_at(machines_.whole(node), node, due_ms_);
  spare.gpu_count -= need.of_node.gpu_count;
  if (spare.cpu_count != Supply::unlimited) spare.cpu_count -= need.of_node.cpu_count;
  if (spare.memory_mib != Supply::unlimited) spare.memory_mib -= need.of_node.memory_mib;
  machines_.promise(node, spare);
}

void Promise::look_again_at(const Parts& parts) {
  if (job_ == nobody) return;
  for (const auto& part : parts)
    if (machines_.is_promised(part.node)) share_out(part.node);
}

bool Promise::may_come_sooner(const Parts& parts) const {
  if (job_ == nobody) return false;
  const auto would_fit_sooner = [&](std::uint32_t node, const Need& need) {
    return runs_.would_fit(machines_.whole(node), node, need, due_ms_ - 1);
  };
  return std::any_of(parts.begin(), parts.end(), [&](const TracePart& part) {
    if (shape_->whole_node_count > 0 && due_ms_ == whole_ms_ &&
        would_fit_sooner(part.node, shape_->whole))
      return true;
    return shape_->has_rest && due_ms_ == rest_ms_ && would_fit_sooner(part.node, shape_->rest);
  });
}

}  // namespace orrery::play
