#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/billing_events.hpp"

namespace orrery {

/// The rules of the quotas of one project; the stream's id is the project's. Who counts, and
/// refuses, stands in `events/folds/`. Pure.
struct Quota {
  static constexpr std::string_view stream_prefix = "quota";

  /// These limits, instead of any before. The same again decides nothing.
  struct Set {
    ProjectLimits limits;
  };
  using Command = std::variant<Set>;
  using Event = std::variant<QuotaSet>;
  enum class Rejection : std::uint8_t { money_must_not_be_negative };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, money_must_not_be_negative)

  /// Without limits as long as nothing was set.
  struct State {
    ProjectLimits limits;

    bool operator==(const State&) const = default;
    BOOST_DESCRIBE_CLASS(State, (), (limits), (), ())
  };

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
