#include "http/aicenter/cluster/cluster_nodes.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>

#include "events/folds/billing_terms.hpp"
#include "projections/center/center_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

/// Far more than a cluster has.
constexpr std::size_t node_count_max = 10'000;

using Uses = std::map<std::string, NodeUse, std::less<>>;
using Machines = std::map<std::string, NodeDetails, std::less<>>;

void add_use(const JobRow& job, const Machines& machines, Uses& uses) {
  const auto& resources = job.facts->resources;
  for (const auto& place : job.run->places) {
    auto& use = uses[place.node_id];
    const auto machine = machines.find(place.node_id);
    const bool has_all = resources.is_exclusive && machine != machines.end();
    use.cpus += has_all ? machine->second.description.cpu_count : resources.cpus_per_node;
    use.memory_mib +=
        has_all ? machine->second.description.memory_mib : resources.memory_mib_per_node;
    use.gpu_indices.insert(use.gpu_indices.end(), place.gpu_indices.begin(),
                           place.gpu_indices.end());
    use.is_completing = use.is_completing || job.status == JobStatus::completing;
  }
}

Uses uses_of(const JobView& jobs, const Machines& machines) {
  Uses uses;
  JobFilter filter;
  filter.with_place = true;
  for (const auto& job : jobs.rows(filter))
    if (job.run && !has_ended(job.status)) add_use(job, machines, uses);
  for (auto& [id, use] : uses) std::ranges::sort(use.gpu_indices);
  return uses;
}

Machines machines_of(const AicenterContext& context) {
  Machines machines;
  for (auto& each : context.nodes->list(context.cluster, {}, node_count_max))
    machines.emplace(each.id, each);
  return machines;
}

void mark_reserved(const BatchPolicy& policy, std::int64_t now_s, ClusterNode& node) {
  for (const auto& reservation : policy.reservations) {
    if (now_s < reservation.start_time_s || now_s >= reservation.end_time_s) continue;
    if (std::ranges::find(reservation.nodes, node.id) == reservation.nodes.end()) continue;
    node.is_reserved = true;
    if (reservation.users.empty() && reservation.accounts.empty()) node.is_maintained = true;
  }
}

ClusterNode node_of(const BatchPolicy& policy, const BatchNode& known, Machines& machines,
                    Uses& uses) {
  ClusterNode node{known.id, known.features, {}, std::nullopt, {}, false, false};
  for (const auto& partition : policy.partitions)
    if (std::ranges::find(partition.nodes, known.id) != partition.nodes.end())
      node.partitions.push_back(partition.name);
  if (auto machine = machines.extract(known.id)) node.machine = std::move(machine.mapped());
  if (auto use = uses.extract(known.id)) node.use = std::move(use.mapped());
  return node;
}

}  // namespace

Tres ClusterNode::size() const {
  if (!machine) return {};
  const auto& has = machine->description;
  return {has.cpu_count, has.memory_mib, 0, has.cpu_count, has.gpu_count};
}

std::vector<ClusterNode> cluster_nodes(const AicenterContext& context) {
  const auto policy = policy_of(context);
  auto machines = machines_of(context);
  auto uses = uses_of(*context.jobs, machines);
  const auto now_s = seconds_of(context.clock->now());
  std::vector<ClusterNode> nodes;
  for (const auto& known : policy->nodes) nodes.push_back(node_of(*policy, known, machines, uses));
  while (!machines.empty()) {
    const BatchNode unknown{machines.begin()->first, {}};
    nodes.push_back(node_of(*policy, unknown, machines, uses));
  }
  for (auto& node : nodes) mark_reserved(*policy, now_s, node);
  return nodes;
}

Tres size_of(const std::vector<ClusterNode>& nodes, const std::vector<std::string>& ids) {
  Tres sum;
  for (const auto& node : nodes) {
    if (std::ranges::find(ids, node.id) == ids.end()) continue;
    const auto size = node.size();
    sum.cpus += size.cpus;
    sum.memory_mib += size.memory_mib;
    sum.billing += size.billing;
    sum.gpus += size.gpus;
    ++sum.nodes;
  }
  return sum;
}

std::shared_ptr<const BatchPolicy> policy_of(const AicenterContext& context) {
  auto policy = context.center->policy(context.cluster);
  if (policy) return policy;
  static const auto none = std::make_shared<const BatchPolicy>();
  return none;
}

}  // namespace orrery::aicenter
