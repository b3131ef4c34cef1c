#include "actors/firewall_rule/firewall_rule.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace orrery {

using Answer = Decision<FirewallRule::Event, FirewallRule::Rejection>;
using Rejection = FirewallRule::Rejection;

namespace {

std::optional<Rejection> fault_of(const FirewallMatch& match) {
  if (match.name.empty()) return Rejection::name_must_not_be_empty;
  if (match.protocols.empty()) return Rejection::protocols_must_not_be_empty;
  if (match.source_ports.empty() || match.destination_ports.empty())
    return Rejection::ports_must_not_be_empty;
  for (const auto* ends : {&match.sources, &match.destinations}) {
    if (ends->empty()) return Rejection::ends_must_not_be_empty;
    if (std::ranges::any_of(*ends, [](const FirewallEnd& end) {
          return end.cidr.empty() == end.resource_id.empty();
        }))
      return Rejection::end_must_be_cidr_or_resource;
  }
  return std::nullopt;
}

Answer decide_create(const FirewallRuleCreated& description) {
  if (description.network_id.empty()) return Rejection::network_must_not_be_empty;
  if (const auto fault = fault_of(description.match)) return *fault;
  return happens<Answer>(description);
}

Answer decide_change(const FirewallRule::Existing& rule, const FirewallMatch& match) {
  if (match == rule.match) return nothing_happens<Answer>();
  if (const auto fault = fault_of(match)) return *fault;
  return happens<Answer>(FirewallRuleChanged{match});
}

}  // namespace

Answer FirewallRule::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& create) { return decide_create(create.description); },
          [](const Absent&, const auto&) -> Answer { return Rejection::rule_does_not_exist; },

          [](const Existing& rule, const Create& create) -> Answer {
            if (create.description == rule.description) return nothing_happens<Answer>();
            return Rejection::rule_exists_already;
          },
          [](const Existing& rule, const Change& change) {
            return decide_change(rule, change.match);
          },
          [](const Existing&, const Delete&) { return happens<Answer>(FirewallRuleDeleted{}); },

          [](const Deleted&, const Delete&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const auto&) -> Answer { return Rejection::rule_is_deleted; },
      },
      state, command);
}

FirewallRule::State FirewallRule::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const FirewallRuleCreated& created) -> State {
                          return Existing{created, created.match};
                        },
                        [&](const FirewallRuleChanged& changed) -> State {
                          std::get<Existing>(state).match = changed.match;
                          return std::move(state);
                        },
                        [](const FirewallRuleDeleted&) -> State { return Deleted{}; },
                    },
                    event);
}

}  // namespace orrery
