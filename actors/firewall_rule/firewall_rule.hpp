#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/firewall_rule_events.hpp"

namespace orrery {

/// The rules of one firewall rule. Whether what it names exists is the edge's to ask, and the
/// view's to show: things that a rule names may go, and the rule stays. Pure.
struct FirewallRule {
  static constexpr std::string_view stream_prefix = "firewall_rule";

  struct Create {
    FirewallRuleCreated description;
  };
  struct Change {
    FirewallMatch match;
  };
  struct Delete {};
  using Command = std::variant<Create, Change, Delete>;
  using Event = FirewallRuleEvent;
  enum class Rejection : std::uint8_t {
    name_must_not_be_empty,
    network_must_not_be_empty,
    protocols_must_not_be_empty,
    ports_must_not_be_empty,
    ends_must_not_be_empty,
    end_must_be_cidr_or_resource,
    rule_does_not_exist,
    rule_exists_already,
    rule_is_deleted
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_must_not_be_empty, network_must_not_be_empty,
                             protocols_must_not_be_empty, ports_must_not_be_empty,
                             ends_must_not_be_empty, end_must_be_cidr_or_resource,
                             rule_does_not_exist, rule_exists_already, rule_is_deleted)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Existing {
    /// As it was created; what it matches now stands in `match`.
    FirewallRuleCreated description;
    FirewallMatch match;

    bool operator==(const Existing&) const = default;
    BOOST_DESCRIBE_CLASS(Existing, (), (description, match), (), ())
  };
  struct Deleted {
    bool operator==(const Deleted&) const = default;
    BOOST_DESCRIBE_CLASS(Deleted, (), (), (), ())
  };
  using State = std::variant<Absent, Existing, Deleted>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Deleted>(state); }
};

}  // namespace orrery
