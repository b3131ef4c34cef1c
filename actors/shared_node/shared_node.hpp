#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/sharing_events.hpp"

namespace orrery {

/// The rules of the offer of a machine with a model. Whether the machine is there is its node's to
/// say (node/shared-<id>). Pure.
struct SharedNode {
  static constexpr std::string_view stream_prefix = "shared_node";
  /// Cluster of the nodes behind it. It is declared nowhere, so nothing is placed on them.
  static constexpr std::string_view cluster = "gpushare";

  struct Register {
    SharedNodeRegistered request;
  };
  struct Withdraw {
    std::string reason;
  };
  using Command = std::variant<Register, Withdraw>;
  using Event = SharedNodeEvent;
  enum class Rejection : std::uint8_t {
    shared_node_does_not_exist,
    shared_node_exists_already,
    model_must_not_be_empty,
    token_digest_must_have_32_bytes,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, shared_node_does_not_exist, shared_node_exists_already,
                             model_must_not_be_empty, token_digest_must_have_32_bytes)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Offered {
    SharedNodeRegistered request;

    bool operator==(const Offered&) const = default;
    BOOST_DESCRIBE_CLASS(Offered, (), (request), (), ())
  };
  struct Withdrawn {
    bool operator==(const Withdrawn&) const = default;
    BOOST_DESCRIBE_CLASS(Withdrawn, (), (), (), ())
  };
  using State = std::variant<Absent, Offered, Withdrawn>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Withdrawn>(state); }
};

/// Id of the machine's own stream (node/…) and of its GPUs': "shared-<id>".
std::string node_id_of_shared(std::string_view shared_node_id);

}  // namespace orrery
