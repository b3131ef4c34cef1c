#include "actors/simulated_cluster/simulated_cluster.hpp"

#include "actors/node/node.hpp"

namespace orrery {

using Answer = Decision<SimulatedCluster::Event, SimulatedCluster::Rejection>;

namespace {

Answer decide_first(const SimulatedClusterRequested& wanted) {
  using enum SimulatedCluster::Rejection;
  if (wanted.node_count == 0 || wanted.gpus_per_node + wanted.cpu_count == 0)
    return cluster_must_have_nodes;
  if (wanted.node_count > SimulatedCluster::node_count_max) return too_many_nodes;
  if (wanted.gpus_per_node > Node::gpu_count_max) return gpu_count_must_be_16_at_most;
  return happens<Answer>(wanted);
}

Answer decide_more(const SimulatedClusterRequested& present,
                   const SimulatedClusterRequested& wanted) {
  if (wanted == present) return nothing_happens<Answer>();
  auto same_hardware = wanted;
  same_hardware.node_count = present.node_count;
  same_hardware.seed = present.seed;
  if (same_hardware != present) return SimulatedCluster::Rejection::cluster_has_other_hardware;
  if (wanted.node_count < present.node_count)
    return SimulatedCluster::Rejection::cluster_must_not_shrink;
  return decide_first(wanted);
}

}  // namespace

Answer SimulatedCluster::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Request& request) { return decide_first(request.cluster); },
          [](const Requested& present, const Request& request) {
            return decide_more(present.cluster, request.cluster);
          },
          [](const Requested& present, const ReportCompleted&) -> Answer {
            if (present.complete) return nothing_happens<Answer>();
            return happens<Answer>(SimulatedClusterCompleted{});
          },
          [](const Requested& present, const SetFaults& set) -> Answer {
            if (set.faults == present.faults) return nothing_happens<Answer>();
            return happens<Answer>(set.faults);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::cluster_was_not_requested; },
      },
      state, command);
}

SimulatedCluster::State SimulatedCluster::evolve(State state, const Event& event) {
  if (std::holds_alternative<Absent>(state)) state = Requested{};
  auto& present = std::get<Requested>(state);
  std::visit(Match{
                 [&](const SimulatedClusterRequested& cluster) {
                   present.cluster = cluster;
                   present.complete = false;
                 },
                 [&](const SimulatedClusterCompleted&) { present.complete = true; },
                 [&](const SimulatedFaultsSet& faults) { present.faults = faults; },
             },
             event);
  return state;
}

}  // namespace orrery
