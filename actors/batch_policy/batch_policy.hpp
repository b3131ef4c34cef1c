#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/batch_policy_events.hpp"

namespace orrery {

/// What a cluster's batch system goes by: set as a whole, as often as one likes. Pure. Whether it
/// makes sense is checked before (`actors/batch/policy_check.hpp`).
struct BatchPolicyRecord {
  static constexpr std::string_view stream_prefix = "batch_policy";

  struct Set {
    BatchPolicy policy;
  };
  using Command = std::variant<Set>;
  using Event = BatchPolicyEvent;
  enum class Rejection : std::uint8_t {
    policy_must_have_a_partition,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, policy_must_have_a_partition)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct InForce {
    BatchPolicy policy;

    bool operator==(const InForce&) const = default;
    BOOST_DESCRIBE_CLASS(InForce, (), (policy), (), ())
  };
  using State = std::variant<Absent, InForce>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
