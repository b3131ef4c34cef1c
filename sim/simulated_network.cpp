#include "sim/simulated_network.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "sim/simulated_guest.hpp"

namespace orrery {

FleetEffects SimulatedNetwork::cut_off(const std::string& node_id, std::chrono::microseconds grace,
                                       const Origin& origin) {
  const auto [found, fresh] = silent_.try_emplace(node_id);
  if (!fresh) return {};
  found->second.grace = grace;
  found->second.origin = origin;
  found->second.step = ++steps_begun_;
  return {{}, {{std::string(prefix) + node_id, steps_begun_, grace}}};
}

SimulatedNetwork::Arrival SimulatedNetwork::reconnect(const std::string& node_id) {
  auto silence = silent_.extract(node_id);
  return silence ? std::move(silence.mapped().waiting) : Arrival{};
}

bool SimulatedNetwork::holds(const DriverMessage& order) {
  const auto& node_id =
      std::visit([](const auto& told) -> const std::string& { return told.node_id; }, order);
  const auto found = silent_.find(node_id);
  if (found == silent_.end()) return false;
  found->second.waiting.orders.push_back(order);
  return true;
}

FleetEffects SimulatedNetwork::through(const std::string& node_id, FleetEffects effects) {
  const auto found = silent_.find(node_id);
  if (found == silent_.end()) return effects;
  std::ranges::move(std::exchange(effects.reports, {}),
                    std::back_inserter(found->second.waiting.reports));
  return effects;
}

FleetEffects SimulatedNetwork::step_over(const std::string& name, std::uint64_t number) {
  const auto node_id = name.substr(prefix.size());
  const auto found = silent_.find(node_id);
  if (found == silent_.end() || found->second.step != number) return {};
  const auto silent_for =
      std::chrono::duration_cast<std::chrono::milliseconds>(found->second.grace);
  auto reason = fmt::format("no word from it for {} ms: the network is cut", silent_for.count());
  return {
      {simulated_report<Node>(node_id, Node::ReportLost{std::move(reason)}, found->second.origin)},
      {}};
}

}  // namespace orrery
