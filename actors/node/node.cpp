#include "actors/node/node.hpp"

#include <algorithm>
#include <utility>

namespace orrery {

using Answer = Decision<Node::Event, Node::Rejection>;

namespace {

bool has_cordoned(const Node::Registered& node, const std::string& owner) {
  return std::ranges::find(node.cordon_owners, owner) != node.cordon_owners.end();
}

Answer decide_cordon(const Node::Registered& node, const Node::Cordon& cordon) {
  if (has_cordoned(node, cordon.owner)) return nothing_happens<Answer>();
  return happens<Answer>(NodeCordoned{cordon.reason, cordon.owner});
}

Answer decide_uncordon(const Node::Registered& node, const Node::Uncordon& uncordon) {
  if (node.cordon_owners.empty()) return nothing_happens<Answer>();
  if (uncordon.all) return happens<Answer>(NodeUncordoned{});
  if (!has_cordoned(node, uncordon.owner)) return Node::Rejection::cordon_has_another_owner;
  if (node.cordon_owners.size() == 1) return happens<Answer>(NodeUncordoned{});
  return happens<Answer>(NodeCordonLifted{uncordon.owner});
}

}  // namespace

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
          [](const Registered& node, const Cordon& cordon) { return decide_cordon(node, cordon); },
          [](const Registered& node, const Uncordon& uncordon) {
            return decide_uncordon(node, uncordon);
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
                 [&](const NodeCordoned& cordoned) {
                   registered().cordon_owners.push_back(cordoned.owner);
                 },
                 [&](const NodeUncordoned&) { registered().cordon_owners.clear(); },
                 [&](const NodeCordonLifted& lifted) {
                   std::erase(registered().cordon_owners, lifted.owner);
                 },
             },
             event);
  return state;
}

}  // namespace orrery
