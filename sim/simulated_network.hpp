#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "drivers/driver.hpp"
#include "sim/fleet_effects.hpp"

namespace orrery {

/// What lies between the control plane and the machines of the simulation: a node may be cut off.
/// What runs there goes on, unseen: orders for it and reports from it wait. After a grace time the
/// node is reported lost, for nobody can tell silence from death. When it is reached again, what
/// waited arrives in its order; fences refuse what has gone stale meanwhile. Pure.
class SimulatedNetwork {
 public:
  /// What arrives when a node is reached again.
  struct Arrival {
    std::vector<OwedCommand> reports;
    std::vector<DriverMessage> orders;
  };

  /// From now on the node is cut off. `grace` must pass before it counts as lost.
  FleetEffects cut_off(const std::string& node_id, std::chrono::microseconds grace,
                       const Origin& origin = {});
  /// Nothing where it isn't cut off.
  Arrival reconnect(const std::string& node_id);
  bool is_cut_off(const std::string& node_id) const { return silent_.contains(node_id); }

  /// Takes the order if it can't get through now.
  bool holds(const DriverMessage& order);
  /// What gets through of what comes of something on this node.
  FleetEffects through(const std::string& node_id, FleetEffects effects);

  /// The grace time of "network/<node>" is over.
  FleetEffects step_over(const std::string& name, std::uint64_t number);
  static bool is_step(const std::string& name) { return name.starts_with(prefix); }

 private:
  static constexpr std::string_view prefix = "network/";

  struct Silence {
    Arrival waiting;
    std::chrono::microseconds grace{0};
    Origin origin;
    std::uint64_t step = 0;
  };

  std::map<std::string, Silence> silent_;
  std::uint64_t steps_begun_ = 0;
};

}  // namespace orrery
