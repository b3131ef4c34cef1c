#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/kitten_events.hpp"

namespace orrery {

/// The rules of the example resource. Pure.
struct Kitten {
  static constexpr std::string_view stream_prefix = "kitten";

  struct Welcome {
    KittenArrived kitten;
  };
  struct Remove {};
  using Command = std::variant<Welcome, Remove>;
  using Event = KittenEvent;
  enum class Rejection : std::uint8_t { kitten_does_not_exist };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, kitten_does_not_exist)

  enum class Phase : std::uint8_t { absent, here, removed };
  BOOST_DESCRIBE_NESTED_ENUM(Phase, absent, here, removed)
  struct State {
    Phase phase = Phase::absent;

    bool operator==(const State&) const = default;
    BOOST_DESCRIBE_CLASS(State, (), (phase), (), ())
  };

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return state.phase == Phase::removed; }
};

}  // namespace orrery
