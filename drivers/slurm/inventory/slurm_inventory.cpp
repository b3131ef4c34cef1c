#include "drivers/slurm/inventory/slurm_inventory.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/slurm/slurm_origin.hpp"

namespace orrery {
namespace {

std::string reason_of(std::string_view what, const std::string& why) {
  return why.empty() ? fmt::format("Slurm: {}", what) : fmt::format("Slurm: {}: {}", what, why);
}

bool is_as_registered(const NodeRegistered& registered, const SlurmNodeSeen& seen) {
  return registered.gpu_count == std::min(seen.gpu_count, Node::gpu_count_max) &&
         registered.cpu_count == seen.cpu_count && registered.memory_mib == seen.memory_mib;
}

}  // namespace

SlurmInventory::SlurmInventory(SlurmConfiguration configuration, KnownSlurm known, SlurmUser user)
    : configuration_(std::move(configuration)),
      partitions_(configuration_.partition, std::move(user)),
      known_(std::move(known.slurm)),
      is_cluster_declared_(known.is_cluster_declared) {
  for (const auto& [name, seen] : known_.nodes) {
    auto& machine = machine_of(seen);
    if (const auto found = known.registered.find(seen.node_id); found != known.registered.end())
      machine.registered = found->second;
  }
}

void SlurmInventory::see_partitions(std::vector<SlurmPartition> partitions) {
  partitions_.see(std::move(partitions));
}

std::vector<OwedCommand> SlurmInventory::see(const SlurmController& controller,
                                             const std::vector<SlurmNode>& nodes,
                                             const std::map<std::string, SlurmUse>& ours) {
  if (!std::exchange(is_cluster_declared_, true))
    owe<Cluster>(configuration_.cluster,
                 Cluster::Declare{{"", WhenFull::queue, PlacementStrategy::pack}});
  see_controller(controller);
  if (nodes.empty()) return std::exchange(owed_, {});
  std::set<std::string> gone;
  for (const auto& [name, node] : known_.nodes) gone.insert(name);
  for (const auto& node : nodes) {
    gone.erase(node.name);
    const auto own = ours.find(node.name);
    see_node(node, own == ours.end() ? SlurmUse{} : own->second);
  }
  for (const auto& name : gone) see_removed(name);
  return std::exchange(owed_, {});
}

void SlurmInventory::refused(const RefusedCommand& command) {
  if (const auto* lease = std::get_if<Rejected<Lease>>(&command)) {
    if (!std::holds_alternative<Lease::Request>(lease->command)) return;
    for (auto& [id, machine] : machines_) machine.foreign.note_refused(lease->id);
  } else if (const auto* node = std::get_if<Rejected<Node>>(&command)) {
    const auto found = machines_.find(node->id);
    if (found != machines_.end() && std::holds_alternative<Node::Register>(node->command))
      found->second.is_refused = true;
  }
}

std::vector<std::string> SlurmInventory::take_warnings() { return std::exchange(warnings_, {}); }

SlurmPlace SlurmInventory::place_of(std::string_view node_id) const {
  const auto found = machines_.find(node_id);
  if (found == machines_.end()) return {};
  const auto& seen = found->second.seen;
  return {seen.name, seen.address, seen.gpu_type};
}

std::optional<LaunchFailure> SlurmInventory::fit(SlurmOrder& order) const {
  order.partition.clear();
  std::vector<std::vector<std::string>> of_nodes;
  for (const auto& name : order.nodes) {
    const auto node = known_.nodes.find(name);
    if (node == known_.nodes.end() || !partitions_.is_among(node->second.partitions))
      return std::nullopt;
    of_nodes.push_back(node->second.partitions);
  }
  const auto partition = partitions_.choose(of_nodes);
  if (!partition)
    return LaunchFailure{
        "no_partition", fmt::format("No partition of Slurm has {}.", fmt::join(order.nodes, ", "))};
  order.partition = *partition;
  const auto limit = partitions_.time_limit_min_max(*partition);
  if (limit != 0) order.time_limit_min = std::min(order.time_limit_min, limit);
  return std::nullopt;
}

bool SlurmInventory::is_up(std::string_view node_id) const {
  const auto found = machines_.find(node_id);
  return found != machines_.end() && found->second.is_up.value_or(false);
}

SlurmInventory::Machine& SlurmInventory::machine_of(const SlurmNodeSeen& seen) {
  const auto found = machines_.find(seen.node_id);
  if (found != machines_.end()) return found->second;
  const auto use = known_.foreign_uses.find(seen.node_id);
  const auto known =
      use == known_.foreign_uses.end() ? SlurmForeignUseSeen{seen.node_id} : use->second;
  return machines_
      .emplace(seen.node_id,
               Machine{seen, registration_of(seen), ForeignUse(configuration_.cluster, known)})
      .first->second;
}

SlurmNodeSeen SlurmInventory::description_of(const SlurmNode& node) const {
  return {node.name,       fmt::format("{}-{}", configuration_.cluster, node.name),
          node.address,    node.gpu_type,
          node.gpu_count,  node.cpu_count,
          node.memory_mib, node.features,
          node.partitions};
}

NodeRegistered SlurmInventory::registration_of(const SlurmNodeSeen& seen) const {
  return {configuration_.cluster,
          seen.gpu_count == 0 ? "" : gpu_model_of(seen.gpu_type),
          std::min(seen.gpu_count, Node::gpu_count_max),
          seen.cpu_count,
          seen.memory_mib,
          NodeDriver::slurm};
}

std::string SlurmInventory::gpu_model_of(const std::string& gpu_type) const {
  const auto named = configuration_.gpu_models.find(gpu_type);
  if (named != configuration_.gpu_models.end()) return named->second;
  return gpu_type.empty() ? std::string(untyped_gpu) : gpu_type;
}

std::string SlurmInventory::why_cordoned(const Machine& machine, const SlurmNode& node) const {
  if (machine.is_refused) return reason_of("it is registered here as another machine", "");
  if (node.gpu_count != 0 && gpu_model_of(node.gpu_type) != machine.registered.gpu_model)
    return reason_of("its GPUs are others now", node.gpu_type);
  if (node.is_drained) return reason_of("drained", node.reason);
  const auto why_closed = partitions_.why_closed(node.partitions);
  return why_closed.empty() ? "" : reason_of(why_closed, "");
}

void SlurmInventory::see_controller(const SlurmController& controller) {
  const SlurmControllerSeen seen{controller.version, controller.boot_time_s};
  if (seen == known_.controller) return;
  known_.controller = seen;
  owe<SlurmCluster>(configuration_.cluster, SlurmCluster::SeeController{seen});
}

void SlurmInventory::see_node(const SlurmNode& node, const SlurmUse& ours) {
  const auto seen = description_of(node);
  auto& machine = machine_of(seen);
  machine.seen = seen;
  auto& known = known_.nodes[node.name];
  if (known != seen) {
    known = seen;
    owe<SlurmCluster>(configuration_.cluster, SlurmCluster::SeeNode{seen});
  }
  if (!machine.is_up) owe<Node>(seen.node_id, Node::Register{machine.registered});
  warn_of(machine);
  see_state(machine, node);
  see_use(machine, node, ours);
}

/// A cordon comes before the node is ready, and is lifted after: nothing is placed in between.
void SlurmInventory::see_state(Machine& machine, const SlurmNode& node) {
  const auto& id = machine.seen.node_id;
  const auto cordon = why_cordoned(machine, node);
  const bool is_cordoned = !cordon.empty();
  const bool has_changed = machine.is_cordoned != is_cordoned;
  machine.is_cordoned = is_cordoned;
  if (has_changed && is_cordoned) owe<Node>(id, Node::Cordon{cordon, std::string(owner)});
  if (machine.is_up != !node.is_down) {
    machine.is_up = !node.is_down;
    if (node.is_down)
      owe<Node>(id, Node::ReportLost{reason_of("down", node.reason)});
    else
      owe<Node>(id, Node::ReportReady{});
  }
  if (has_changed && !is_cordoned) owe<Node>(id, Node::Uncordon{std::string(owner)});
}

void SlurmInventory::see_use(Machine& machine, const SlurmNode& node, const SlurmUse& ours) {
  if (node.is_down) return machine.foreign.end(owed_);
  const auto use =
      used_by_others(machine.registered, {node.gpu_count, node.cpu_count, node.memory_mib},
                     {node.gpus_used, node.cpus_used, node.memory_used_mib}, ours);
  // Nothing is placed there, for others neither.
  if (*machine.is_cordoned) return machine.foreign.note(use);
  machine.foreign.see(use, owed_);
}

void SlurmInventory::see_removed(const std::string& name) {
  const auto found = machines_.find(known_.nodes[name].node_id);
  known_.nodes.erase(name);
  owe<SlurmCluster>(configuration_.cluster, SlurmCluster::RemoveNode{name});
  if (found == machines_.end()) return;
  auto& machine = found->second;
  owe<Node>(found->first, Node::ReportLost{"Slurm: it has the node no more"});
  machine.foreign.end(owed_);
  machine.is_up.reset();
  machine.is_cordoned.reset();
}

void SlurmInventory::warn_of(Machine& machine) {
  const auto& seen = machine.seen;
  if (machine.is_warned_of) return;
  if (machine.is_refused)
    warnings_.push_back(fmt::format(
        "the node {} of Slurm is known here as another machine, and gets no work; another "
        "driver.slurm.cluster gives it another name",
        seen.node_id));
  else if (!is_as_registered(machine.registered, seen))
    warnings_.push_back(fmt::format(
        "Slurm's node {} has {} GPUs, {} CPUs and {} MiB now; it is known here with {}, {} and {}, "
        "and stays so: what is missing gets no work, and what came is left to others",
        seen.node_id, seen.gpu_count, seen.cpu_count, seen.memory_mib, machine.registered.gpu_count,
        machine.registered.cpu_count, machine.registered.memory_mib));
  else if (seen.gpu_count > Node::gpu_count_max)
    warnings_.push_back(fmt::format("Slurm's node {} has {} GPUs; {} of them are used from here",
                                    seen.node_id, seen.gpu_count, Node::gpu_count_max));
  else
    return;
  machine.is_warned_of = true;
}

template <class A>
void SlurmInventory::owe(const std::string& id, typename A::Command command) {
  owed_.push_back({To<A>{id, std::move(command)}, slurm_origin()});
}

}  // namespace orrery
