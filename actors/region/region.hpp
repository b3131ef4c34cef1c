#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/offer_events.hpp"

namespace orrery {

/// The rules of one region of the NeoLink dialect: offered or not. Pure.
struct Region {
  static constexpr std::string_view stream_prefix = "region";

  /// The same again is a retry; another replaces what was said before. A withdrawn one comes back.
  struct Declare {
    RegionDeclared offer;
  };
  struct Withdraw {};
  using Command = std::variant<Declare, Withdraw>;
  using Event = RegionEvent;
  enum class Rejection : std::uint8_t {
    name_must_not_be_empty,
    cluster_must_not_be_empty,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_must_not_be_empty, cluster_must_not_be_empty)

  /// Never declared, or withdrawn.
  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Offered {
    RegionDeclared offer;

    bool operator==(const Offered&) const = default;
    BOOST_DESCRIBE_CLASS(Offered, (), (offer), (), ())
  };
  using State = std::variant<Absent, Offered>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
