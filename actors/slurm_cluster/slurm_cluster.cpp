#include "actors/slurm_cluster/slurm_cluster.hpp"

namespace orrery {

using Answer = Decision<SlurmCluster::Event, SlurmCluster::Rejection>;

Answer SlurmCluster::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [&](const SeeController& see) -> Answer {
                          if (see.controller == state.controller) return nothing_happens<Answer>();
                          return happens<Answer>(see.controller);
                        },
                        [&](const SeeNode& see) -> Answer {
                          if (see.node.name.empty()) return Rejection::node_has_no_name;
                          const auto known = state.nodes.find(see.node.name);
                          if (known != state.nodes.end() && known->second == see.node)
                            return nothing_happens<Answer>();
                          return happens<Answer>(see.node);
                        },
                        [&](const RemoveNode& remove) -> Answer {
                          if (!state.nodes.contains(remove.name)) return nothing_happens<Answer>();
                          return happens<Answer>(SlurmNodeRemoved{remove.name});
                        },
                        [&](const SeeForeignUse& see) -> Answer {
                          const auto known = state.foreign_uses.find(see.use.node_id);
                          const auto last =
                              known == state.foreign_uses.end() ? 0 : known->second.generation;
                          if (last != 0 && known->second == see.use)
                            return nothing_happens<Answer>();
                          if (see.use.generation != last + 1)
                            return Rejection::generation_is_out_of_order;
                          return happens<Answer>(see.use);
                        },
                    },
                    command);
}

SlurmCluster::State SlurmCluster::evolve(State state, const Event& event) {
  std::visit(Match{
                 [&](const SlurmControllerSeen& seen) { state.controller = seen; },
                 [&](const SlurmNodeSeen& seen) { state.nodes[seen.name] = seen; },
                 [&](const SlurmNodeRemoved& removed) { state.nodes.erase(removed.name); },
                 [&](const SlurmForeignUseSeen& use) { state.foreign_uses[use.node_id] = use; },
             },
             event);
  return state;
}

}  // namespace orrery
