#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/center_events.hpp"

namespace orrery {

/// The rules of people who share what they get. Pure. The id is its name, as of a login.
struct CenterTeam {
  static constexpr std::string_view stream_prefix = "center_team";

  struct Set {
    CenterTeamSet team;
  };
  struct Dissolve {};
  using Command = std::variant<Set, Dissolve>;
  using Event = CenterTeamEvent;
  enum class Rejection : std::uint8_t {
    team_does_not_exist,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, team_does_not_exist)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Formed {
    CenterTeamSet team;

    bool operator==(const Formed&) const = default;
    BOOST_DESCRIBE_CLASS(Formed, (), (team), (), ())
  };
  using State = std::variant<Absent, Formed>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
