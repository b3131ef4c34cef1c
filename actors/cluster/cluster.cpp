#include "actors/cluster/cluster.hpp"

namespace orrery {

using Answer = Decision<Cluster::Event, Cluster::Rejection>;

Answer Cluster::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Absent&, const Declare& declare) -> Answer {
                          return happens<Answer>(declare.policy);
                        },
                        [](const Declared& cluster, const Declare& declare) -> Answer {
                          if (declare.policy == cluster.policy) return nothing_happens<Answer>();
                          if (declare.policy.location.empty() && !cluster.policy.location.empty())
                            return Rejection::location_must_not_be_removed;
                          return happens<Answer>(declare.policy);
                        },
                    },
                    state, command);
}

Cluster::State Cluster::evolve(State, const Event& event) {
  return std::visit([](const ClusterDeclared& policy) -> State { return Declared{policy}; }, event);
}

}  // namespace orrery
