#include "sim/traces/play/runs.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace orrery::play {
namespace {

void subtract(std::uint64_t& free, std::uint64_t amount) {
  if (free != Supply::unlimited) free -= amount;
}

}  // namespace

Runs::Runs(std::uint32_t node_count, bool keeps_expectations)
    : keeps_expectations_(keeps_expectations) {
  if (keeps_expectations) by_node_.resize(node_count);
}

std::uint32_t Runs::add(Run run) {
  if (unused_.empty()) {
    unused_.push_back(static_cast<std::uint32_t>(runs_.size()));
    runs_.emplace_back();
  }
  const auto number = unused_.back();
  unused_.pop_back();
  ends_.push({run.end_ms, {run.job, number}});
  if (keeps_expectations_) {
    by_expected_end_.emplace(run.expected_end_ms, number);
    for (std::uint32_t part = 0; part < run.parts.size(); ++part)
      by_node_[run.parts[part].node].emplace_back(number, part);
  }
  runs_[number] = std::move(run);
  return number;
}

void Runs::remove(std::uint32_t number) {
  assert(number == first());
  ends_.pop();
  unused_.push_back(number);
  if (!keeps_expectations_) return;
  const auto& run = runs_[number];
  by_expected_end_.erase({run.expected_end_ms, number});
  for (std::uint32_t part = 0; part < run.parts.size(); ++part) {
    auto& there = by_node_[run.parts[part].node];
    const auto found = std::find(there.begin(), there.end(), std::pair{number, part});
    *found = there.back();
    there.pop_back();
  }
}

template <class Visit>
void Runs::for_each_beyond(std::uint32_t node, std::int64_t at_ms, Visit visit) const {
  for (const auto& [number, part] : by_node_[node]) {
    const auto& run = runs_[number];
    if (run.expected_end_ms > at_ms) visit(run.parts[part].gpus, run.shape->part(part));
  }
}

Supply Runs::free_at(const Supply& whole, std::uint32_t node, std::int64_t at_ms) const {
  auto free = whole;
  std::uint64_t touched = 0;
  for_each_beyond(node, at_ms, [&](std::uint64_t gpus, const Need& need) {
    touched |= gpus;
    subtract(free.cpu_count, need.of_node.cpu_count);
    subtract(free.memory_mib, need.of_node.memory_mib);
  });
  free.gpu_count -= static_cast<std::uint32_t>(std::popcount(touched));
  return free;
}

bool Runs::would_fit(const Supply& whole, std::uint32_t node, const Need& need,
                     std::int64_t at_ms) const {
  auto free = free_at(whole, node, at_ms);
  if (free.gpu_count >= need.of_node.gpu_count || !need.is_share()) return free.holds(need.of_node);
  // No GPU of the node is untouched then: one may have enough left.
  std::array<std::uint32_t, TraceCluster::gpus_per_node_max> taken_milli{};
  for_each_beyond(node, at_ms, [&](std::uint64_t gpus, const Need& there) {
    for (; gpus != 0; gpus &= gpus - 1) taken_milli[std::countr_zero(gpus)] += there.gpu_milli;
  });
  const auto* least = std::min_element(taken_milli.begin(), taken_milli.begin() + whole.gpu_count);
  if (whole.gpu_count == 0 || *least + need.gpu_milli > 1'000) return false;
  free.gpu_count = need.of_node.gpu_count;
  return free.holds(need.of_node);
}

}  // namespace orrery::play
