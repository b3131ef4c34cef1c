#include "sim/clusters/simulated_clusters.hpp"

#include <algorithm>
#include <utility>

#include "events/end_of_bytes.hpp"
#include "events/folds/simulated_nodes.hpp"
#include "events/stream_name.hpp"

namespace orrery {

using std::chrono::microseconds;

void SimulatedClusters::apply(const RecordedEvent& recorded) {
  const auto aggregate = stream_aggregate(recorded.stream);
  const auto id = stream_id(recorded.stream);
  if (aggregate == SimulatedCluster::stream_prefix) return on_cluster(id, recorded);
  if (clusters_.empty()) return;
  if (const auto* registered = std::get_if<NodeRegistered>(&recorded.event))
    return on_node(id, *registered);
  if (std::holds_alternative<GpuRegistered>(recorded.event)) on_gpu(id);
}

void SimulatedClusters::on_cluster(std::string_view id, const RecordedEvent& recorded) {
  const std::string name_of_it(id);
  auto& cluster = clusters_[name_of_it];
  bool sets_slow_starts = false;
  if (const auto* wanted = std::get_if<SimulatedClusterRequested>(&recorded.event)) {
    cluster.machines = *wanted;
    cluster.is_complete = false;
    cluster.registered.resize((wanted->node_count + 63) / 64);
    cluster.causation = recorded.position;
    cluster.correlation = recorded.origin.correlation;
  } else if (std::holds_alternative<SimulatedClusterCompleted>(recorded.event)) {
    cluster.is_complete = true;
  } else if (const auto* faults = std::get_if<SimulatedFaultsSet>(&recorded.event)) {
    cluster.faults = *faults;
    cluster.faults_set_at_us = recorded.time.time_since_epoch().count();
    cluster.faults_causation = recorded.position;
    cluster.faults_correlation = recorded.origin.correlation;
    if (resumed_) progress_[name_of_it].played = microseconds(-1);
    sets_slow_starts = true;
  }
  noted_[name_of_it] |= sets_slow_starts;
}

void SimulatedClusters::on_node(std::string_view id, const NodeRegistered& registered) {
  const auto number = number_of_simulated_node(id);
  if (!number) return;
  const auto found = clusters_.find(cluster_of_simulated_node(id));
  if (found == clusters_.end() || *number > found->second.machines.node_count) return;
  auto& cluster = found->second;
  cluster.registered[(*number - 1) / 64] |= std::uint64_t{1} << (*number - 1) % 64;
  ++cluster.node_count;
  cluster.gpus_expected += registered.gpu_count;
  if (cluster.node_count == cluster.machines.node_count) noted_[found->first] |= false;
}

void SimulatedClusters::on_gpu(std::string_view id) {
  const auto node_id = id.substr(0, id.rfind(':'));
  const auto number = number_of_simulated_node(node_id);
  if (!number) return;
  const auto found = clusters_.find(cluster_of_simulated_node(node_id));
  if (found == clusters_.end() || *number > found->second.machines.node_count) return;
  auto& cluster = found->second;
  ++cluster.gpu_count;
  if (cluster.gpu_count == cluster.gpus_expected) noted_[found->first] |= false;
}

bool SimulatedClusters::is_registered(const Cluster& cluster, std::uint32_t number) {
  const auto word = (number - 1) / 64;
  return word < cluster.registered.size() &&
         (cluster.registered[word] >> (number - 1) % 64 & 1u) != 0;
}

Origin SimulatedClusters::origin_of(const Cluster& cluster) {
  return {"driver/simulated", cluster.causation, cluster.correlation};
}

std::optional<NodeToBe> SimulatedClusters::take_missing() {
  for (const auto& [id, cluster] : clusters_) {
    if (cluster.is_complete || cluster.node_count >= cluster.machines.node_count) continue;
    auto& taken = progress_[id].taken;
    while (taken < cluster.machines.node_count)
      if (!is_registered(cluster, ++taken))
        return NodeToBe{id, cluster.machines, taken, origin_of(cluster)};
  }
  return std::nullopt;
}

std::vector<SimulationOrder> SimulatedClusters::due() {
  std::vector<SimulationOrder> owed;
  for (const auto& [id, sets_slow_starts] : std::exchange(noted_, {})) {
    const auto& cluster = clusters_.find(id)->second;
    if (sets_slow_starts)
      owed.emplace_back(SetSlowStarts{id, cluster.faults.rates.slow_start_permille});
    owe_completion(id, cluster, owed);
  }
  return owed;
}

std::vector<SimulationOrder> SimulatedClusters::resume() {
  resumed_ = true;
  noted_.clear();
  std::vector<SimulationOrder> owed;
  for (const auto& [id, cluster] : clusters_) {
    if (cluster.faults.rates.slow_start_permille != 0)
      owed.emplace_back(SetSlowStarts{id, cluster.faults.rates.slow_start_permille});
    owe_completion(id, cluster, owed);
  }
  return owed;
}

void SimulatedClusters::owe_completion(const std::string& id, const Cluster& cluster,
                                       std::vector<SimulationOrder>& owed) const {
  const bool is_there = cluster.node_count == cluster.machines.node_count &&
                        cluster.gpu_count == cluster.gpus_expected;
  if (cluster.is_complete || !is_there) return;
  owed.emplace_back(OwedCommand{To<SimulatedCluster>{id, SimulatedCluster::ReportCompleted{}},
                                origin_of(cluster)});
}

std::vector<SimulationOrder> SimulatedClusters::at(Time now) {
  std::vector<SimulationOrder> owed;
  while (!later_.empty() && later_.begin()->first <= now)
    owed.push_back(std::move(later_.extract(later_.begin()).mapped()));
  for (const auto& [id, cluster] : clusters_) play(id, cluster, now, owed);
  return owed;
}

microseconds SimulatedClusters::real(microseconds simulated) const {
  return microseconds(
      static_cast<std::int64_t>(static_cast<double>(simulated.count()) / time_scale_));
}

void SimulatedClusters::play(const std::string& id, const Cluster& cluster, Time now,
                             std::vector<SimulationOrder>& owed) {
  if (cluster.faults == SimulatedFaultsSet{}) return;
  const auto set_at = Time(microseconds(cluster.faults_set_at_us));
  const auto elapsed = microseconds(
      static_cast<std::int64_t>(static_cast<double>((now - set_at).count()) * time_scale_));
  const auto played = std::exchange(progress_[id].played, elapsed);
  if (!played) return;
  const Origin origin{"driver/simulated", cluster.faults_causation, cluster.faults_correlation};
  for (const auto& fault : planned_faults(id, cluster.machines, cluster.faults, *played, elapsed)) {
    const auto number = number_of_simulated_node(fault.node_id);
    if (number && is_registered(cluster, *number)) begin(fault, origin, now, owed);
  }
}

void SimulatedClusters::begin(const PlannedFault& fault, const Origin& origin, Time now,
                              std::vector<SimulationOrder>& owed) {
  switch (fault.kind) {
    case FaultKind::xid:
    case FaultKind::ecc:
      owed.emplace_back(FaultGpu{fault.node_id, fault.gpu_index, fault.reason, origin});
      return;
    case FaultKind::node_loss:
      owed.emplace_back(LoseNode{fault.node_id, "the machine is down", origin});
      return come_back(now + real(fault.span), RestoreNode{fault.node_id});
    case FaultKind::partition:
      owed.emplace_back(CutOffNode{fault.node_id, real(partition_grace), origin});
      return come_back(now + real(fault.span), ReconnectNode{fault.node_id});
    case FaultKind::slow_start:
      owed.emplace_back(SlowNextStart{fault.node_id, real(fault.span)});
      return;
  }
}

void SimulatedClusters::save(std::string& out) const { ByteWriter{out}(clusters_); }

void SimulatedClusters::load(std::string_view bytes) {
  ByteReader reader(bytes);
  reader(clusters_);
  expect_end(reader);
}

}  // namespace orrery
