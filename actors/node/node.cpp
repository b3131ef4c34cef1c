#include "actors/node/node.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Node::Event, Node::Rejection>;

Answer Node::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Register& join) -> Answer {
            if (join.description.cluster.empty()) return Rejection::cluster_must_not_be_empty;
            if (join.description.gpu_count > gpu_count_max)
              return Rejection::gpu_count_must_be_16_at_most;
            if (join.description.gpu_count == 0 && join.description.cpu_count == 0)
              return Rejection::node_must_have_gpus_or_processors;
            return happens<Answer>(join.description);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::node_is_not_registered; },
          [](const Registered& node, const Register& join) -> Answer {
            if (join.description == node.description) return nothing_happens<Answer>();
            return Rejection::node_is_registered_differently;
          },
          [](const Registered& node, const ReportReady&) -> Answer {
            if (node.ready) return nothing_happens<Answer>();
            return happens<Answer>(NodeBecameReady{});
          },
          [](const Registered& node, const ReportLost& lost) -> Answer {
            if (!node.ready) return nothing_happens<Answer>();
            return happens<Answer>(NodeLost{lost.reason});
          },
          [](const Registered& node, const Cordon& cordon) -> Answer {
            if (node.cordoned) return nothing_happens<Answer>();
            return happens<Answer>(NodeCordoned{cordon.reason});
          },
          [](const Registered& node, const Uncordon&) -> Answer {
            if (!node.cordoned) return nothing_happens<Answer>();
            return happens<Answer>(NodeUncordoned{});
          },
      },
      state, command);
}

Node::State Node::evolve(State state, const Event& event) {
  const auto registered = [&]() -> Registered& { return std::get<Registered>(state); };
  std::visit(Match{
                 [&](const NodeRegistered& description) { state = Registered{description}; },
                 [&](const NodeBecameReady&) { registered().ready = true; },
                 [&](const NodeLost&) { registered().ready = false; },
                 [&](const NodeCordoned&) { registered().cordoned = true; },
                 [&](const NodeUncordoned&) { registered().cordoned = false; },
             },
             event);
  return state;
}

}  // namespace orrery
