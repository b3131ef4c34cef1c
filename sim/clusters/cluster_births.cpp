#include "sim/clusters/cluster_births.hpp"

#include <utility>

#include "actors/gpu/gpu.hpp"
#include "actors/node/node.hpp"
#include "events/folds/simulated_nodes.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

/// What an aggregate that doesn't exist yet decides of these commands, one after the other.
template <class A>
AppendEvents birth(std::string_view id, const Origin& origin,
                   const std::vector<typename A::Command>& commands) {
  AppendEvents append{stream_name(A::stream_prefix, id), 0, origin, {}, {}};
  typename A::State state;
  for (const auto& command : commands) {
    const auto decision = A::decide(state, command);
    for (const auto& event : *decision) {
      state = A::evolve(std::move(state), event);
      std::visit([&](const auto& fact) { append.events.emplace_back(fact); }, event);
    }
  }
  return append;
}

}  // namespace

std::vector<AppendEvents> births_of_node(std::string_view cluster,
                                         const SimulatedClusterRequested& machines,
                                         std::uint32_t number, const Origin& origin) {
  const auto node_id = simulated_node_id(cluster, number);
  const auto gpu_count = machines.gpus_per_node;
  NodeRegistered description{std::string(cluster),
                             gpu_count == 0 ? std::string() : machines.gpu_model, gpu_count,
                             machines.cpu_count, machines.memory_mib};
  std::vector<AppendEvents> births;
  births.reserve(1 + gpu_count);
  births.push_back(
      birth<Node>(node_id, origin, {Node::Register{std::move(description)}, Node::ReportReady{}}));
  for (std::uint32_t index = 0; index < gpu_count; ++index)
    births.push_back(birth<Gpu>(gpu_id(node_id, index), origin,
                                {Gpu::Register{{node_id, index, machines.gpu_model}}}));
  return births;
}

}  // namespace orrery
