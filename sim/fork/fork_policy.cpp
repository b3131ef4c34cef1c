#include "sim/fork/fork_policy.hpp"

#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

/// Nothing but who came first counts.
void order_by_age(BatchPolicy& policy) {
  auto& weights = policy.weights;
  weights.age = 1'000'000;
  weights.age_max_min = 525'600;
  weights.fair_share = 0;
  weights.job_size = 0;
  weights.partition = 0;
  weights.qos = 0;
}

bool change_batch(std::string_view name, BatchPolicy& policy) {
  if (name == "fifo" || name == "backfill") {
    order_by_age(policy);
    policy.backfill.is_on = name == "backfill";
    return true;
  }
  if (name != "fairshare") return false;
  order_by_age(policy);
  policy.weights.age = 1;
  policy.weights.fair_share = 1'000'000;
  policy.backfill.is_on = true;
  return true;
}

bool change_cluster(std::string_view name, ClusterDeclared& cluster) {
  if (name == "pack")
    cluster.strategy = PlacementStrategy::pack;
  else if (name == "spread")
    cluster.strategy = PlacementStrategy::spread;
  else if (name == "queue")
    cluster.when_full = WhenFull::queue;
  else if (name == "refuse")
    cluster.when_full = WhenFull::refuse;
  else
    return false;
  return true;
}

/// The policies as they will be.
struct Changing {
  PoliciesInForce policies;
  bool is_batch_changed = false;
  bool is_cluster_changed = false;

  bool by_name(std::string_view name) {
    BatchPolicy any_policy;
    ClusterDeclared any_cluster;
    const bool is_batch = change_batch(name, any_policy);
    const bool is_cluster = change_cluster(name, any_cluster);
    for (auto& [cluster, policy] : policies.batch)
      if (is_batch) change_batch(name, policy);
    for (auto& [cluster, policy] : policies.clusters)
      if (is_cluster) change_cluster(name, policy);
    is_batch_changed |= is_batch;
    is_cluster_changed |= is_cluster;
    return is_batch || is_cluster;
  }

  void by_file(const BatchPolicy& given) {
    for (auto& [cluster, policy] : policies.batch) policy = given;
    is_batch_changed = true;
  }

  std::vector<AddressedCommand> commands() const {
    std::vector<AddressedCommand> commands;
    if (is_cluster_changed)
      for (const auto& [name, policy] : policies.clusters)
        commands.emplace_back(To<Cluster>{name, Cluster::Declare{policy}});
    if (is_batch_changed)
      for (const auto& [name, policy] : policies.batch)
        commands.emplace_back(To<BatchPolicyRecord>{name, BatchPolicyRecord::Set{policy}});
    return commands;
  }
};

}  // namespace

boost::system::result<PoliciesInForce, ForkFailure> policies_in_force(const EventLog& log) {
  PoliciesInForce found;
  const auto read = log.read(1, log.head(), [&](const StoredEvent& stored) {
    const auto kind = stream_aggregate(stored.stream);
    if (kind != "batch_policy" && kind != "cluster") return true;
    const auto recorded = record(stored);
    const std::string name(stream_id(stored.stream));
    if (const auto* set = std::get_if<BatchPolicySet>(&recorded.event))
      found.batch[name] = set->policy;
    if (const auto* declared = std::get_if<ClusterDeclared>(&recorded.event))
      found.clusters[name] = *declared;
    return true;
  });
  if (!read) return ForkFailure{read.error().message};
  return found;
}

boost::system::result<ForkChange, ForkFailure> fork_change_named(
    std::string_view names, const PoliciesInForce& in_force,
    const std::function<boost::system::result<BatchPolicy, ForkFailure>(const std::string&)>&
        read_batch_policy) {
  if (names.empty() || names == "as-is") return ForkChange{"as-is", {}};
  std::vector<std::string> words;
  boost::algorithm::split(words, names, boost::algorithm::is_any_of("+"));
  Changing changing{in_force};
  for (const auto& word : words) {
    if (changing.by_name(word)) continue;
    const auto policy = read_batch_policy(word);
    if (!policy) return policy.error();
    changing.by_file(*policy);
  }
  auto commands = changing.commands();
  if (commands.empty())
    return ForkFailure{fmt::format(
        "no cluster had a policy yet that {} could change; fork at a later position", names)};
  return ForkChange{std::string(names), std::move(commands)};
}

}  // namespace orrery
