#include "sim/slow_starts.hpp"

#include "events/folds/simulated_nodes.hpp"

namespace orrery {
namespace {

/// How much longer a slow start takes.
constexpr std::int64_t slow_factor = 10;

}  // namespace

void SlowStarts::set_rate(const std::string& cluster, std::uint32_t permille) {
  if (permille == 0)
    permille_.erase(cluster);
  else
    permille_[cluster] = permille;
}

void SlowStarts::slow_next(const std::string& node_id, std::chrono::microseconds extra) {
  next_[node_id] = extra;
}

void SlowStarts::apply(const std::string& node_id, std::uint64_t fence, FleetEffects& effects) {
  if (effects.steps.empty()) return;
  if (const auto found = next_.find(node_id); found != next_.end()) {
    for (auto& step : effects.steps) step.delay += found->second;
    next_.erase(found);
    return;
  }
  if (permille_.empty()) return;
  const auto rate = permille_.find(cluster_of_simulated_node(node_id));
  if (rate == permille_.end()) return;
  const auto drawn =
      drawn_number(configuration_.seed, node_id + "." + std::to_string(fence), "slow start");
  if (drawn % 1'000 >= rate->second) return;
  for (auto& step : effects.steps) step.delay *= slow_factor;
}

}  // namespace orrery
