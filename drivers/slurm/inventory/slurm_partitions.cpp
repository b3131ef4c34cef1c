#include "drivers/slurm/inventory/slurm_partitions.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// Slurm itself asks nothing of root but what is said of root.
bool may_by_group(const SlurmPartition& partition, const SlurmUser& user) {
  return partition.groups.empty() || user.is_root || !user.groups ||
         std::ranges::any_of(*user.groups,
                             [&](const auto& group) { return has(partition.groups, group); });
}

bool may_by_account(const SlurmPartition& partition, const SlurmUser& user) {
  if (user.account.empty()) return true;  // Which it is then is Slurm's to know.
  return (partition.accounts.empty() || has(partition.accounts, user.account)) &&
         !has(partition.accounts_denied, user.account);
}

/// What of it keeps our jobs out; empty: nothing.
std::string obstacle(const SlurmPartition& partition, const SlurmUser& user) {
  if (partition.state != "UP") return "is " + partition.state;
  if (partition.is_for_root_only && !user.is_root) return "is root's alone";
  if (partition.is_closed_to_root && user.is_root) return "takes no jobs of root's";
  if (partition.needs_reservation) return "needs a reservation";
  if (!may_by_group(partition, user)) return "isn't for a group of our user's";
  if (!may_by_account(partition, user)) return "isn't for the account " + user.account;
  return "";
}

}  // namespace

void SlurmPartitions::see(std::vector<SlurmPartition> partitions) {
  partitions_.clear();
  for (auto& partition : partitions) {
    auto name = partition.name;
    partitions_.emplace(std::move(name), std::move(partition));
  }
}

std::string SlurmPartitions::why_closed(const std::string& name) const {
  const auto found = partitions_.find(name);
  if (found == partitions_.end()) return "";
  const auto why = obstacle(found->second, user_);
  return why.empty() ? "" : fmt::format("its partition {} {}", name, why);
}

std::string SlurmPartitions::why_closed(const Names& of_node) const {
  if (!wanted_.empty())
    return has(of_node, wanted_) ? why_closed(wanted_)
                                 : fmt::format("it isn't in the partition {}", wanted_);
  if (of_node.empty()) return "it is in no partition";
  for (const auto& name : of_node)
    if (why_closed(name).empty()) return "";
  return why_closed(of_node.front());
}

bool SlurmPartitions::is_among(const Names& of_node) const {
  return wanted_.empty() ? !of_node.empty() : has(of_node, wanted_);
}

std::optional<std::string> SlurmPartitions::choose(std::span<const Names> of_nodes) const {
  if (!wanted_.empty()) return wanted_;
  if (of_nodes.empty()) return std::nullopt;
  std::optional<std::string> chosen;
  for (const auto& name : of_nodes.front()) {
    if (!std::ranges::all_of(of_nodes, [&](const Names& names) { return has(names, name); }))
      continue;
    if (why_closed(name).empty()) return name;
    if (!chosen) chosen = name;
  }
  return chosen;
}

std::uint32_t SlurmPartitions::time_limit_min_max(std::string_view name) const {
  const auto found = partitions_.find(name);
  return found == partitions_.end() ? 0 : found->second.time_limit_min_max;
}

}  // namespace orrery
