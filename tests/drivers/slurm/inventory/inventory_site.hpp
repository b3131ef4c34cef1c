#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "drivers/slurm/inventory/slurm_inventory.hpp"

namespace orrery {

inline SlurmNode node_of(std::string name, std::uint32_t gpus_used = 0) {
  SlurmNode node;
  node.name = std::move(name);
  node.address = "10.0.0.1";
  node.gpu_type = "a100";
  node.gpu_count = 4;
  node.gpus_used = gpus_used;
  node.cpu_count = 64;
  node.memory_mib = 515'000;
  node.partitions = {"gpu", "long"};
  return node;
}

/// An inventory whose commands are obeyed as aggregates do.
struct Site {
  SlurmInventory inventory;
  std::vector<OwedCommand> owed = {};

  explicit Site(KnownSlurm known = {}, const SlurmConfiguration& configuration = {})
      : inventory(configuration, std::move(known)) {}

  Site& look(std::vector<SlurmNode> nodes, const std::map<std::string, SlurmUse>& ours = {}) {
    owed = inventory.see({"site", "22.05.8", 1'700'000'000}, nodes, ours);
    return *this;
  }

  /// The commands of this kind, in order.
  template <class A, class Command>
  std::vector<Command> told() const {
    std::vector<Command> commands;
    for (const auto& each : owed)
      if (const auto* to = std::get_if<To<A>>(&each.command))
        if (const auto* command = std::get_if<Command>(&to->command)) commands.push_back(*command);
    return commands;
  }

  std::vector<std::string> requested() const {
    std::vector<std::string> ids;
    for (const auto& each : owed)
      if (const auto* lease = std::get_if<To<Lease>>(&each.command))
        if (std::holds_alternative<Lease::Request>(lease->command)) ids.push_back(lease->id);
    return ids;
  }
  std::vector<std::string> released() const {
    std::vector<std::string> ids;
    for (const auto& each : owed)
      if (const auto* lease = std::get_if<To<Lease>>(&each.command))
        if (std::holds_alternative<Lease::Release>(lease->command)) ids.push_back(lease->id);
    return ids;
  }

  void turn_down(const std::string& lease_id) {
    inventory.refused(
        Rejected<Lease>{lease_id, Lease::Request{}, Lease::Rejection::lease_has_ended});
  }
};

}  // namespace orrery
