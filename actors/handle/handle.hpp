#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/client_events.hpp"

namespace orrery {

/// The rules of one name: it is nobody's or one client's. Pure.
struct Handle {
  static constexpr std::string_view stream_prefix = "handle";

  struct Claim {
    std::string client_id;
  };
  /// Where it is another's, or nobody's, nothing happens.
  struct Release {
    std::string client_id;
  };
  using Command = std::variant<Claim, Release>;
  using Event = HandleEvent;
  enum class Rejection : std::uint8_t { handle_is_taken };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, handle_is_taken)

  struct Free {
    bool operator==(const Free&) const = default;
    BOOST_DESCRIBE_CLASS(Free, (), (), (), ())
  };
  struct Claimed {
    std::string client_id;

    bool operator==(const Claimed&) const = default;
    BOOST_DESCRIBE_CLASS(Claimed, (), (client_id), (), ())
  };
  using State = std::variant<Free, Claimed>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
