#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/cluster_events.hpp"

namespace orrery {

/// The rules of one cluster: nodes of one place under one policy. Pure.
struct Cluster {
  static constexpr std::string_view stream_prefix = "cluster";

  /// The cluster shall exist with this policy. The same policy again decides nothing. One without
  /// location may get one; one that customers know by its location keeps one.
  struct Declare {
    ClusterDeclared policy;
  };
  using Command = std::variant<Declare>;
  using Event = std::variant<ClusterDeclared>;
  enum class Rejection : std::uint8_t { location_must_not_be_removed };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, location_must_not_be_removed)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Declared {
    ClusterDeclared policy;

    bool operator==(const Declared&) const = default;
    BOOST_DESCRIBE_CLASS(Declared, (), (policy), (), ())
  };
  using State = std::variant<Absent, Declared>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
