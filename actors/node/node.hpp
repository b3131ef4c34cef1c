#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/node_events.hpp"

namespace orrery {

/// The rules of one machine. Pure.
struct Node {
  static constexpr std::string_view stream_prefix = "node";
  /// No machine has more: placement keeps the GPUs of a node in one small mask.
  static constexpr std::uint32_t gpu_count_max = 16;

  struct Register {
    NodeRegistered description;
  };
  struct ReportReady {};
  struct ReportLost {
    std::string reason;
  };
  /// `owner` as in `NodeCordoned`.
  struct Cordon {
    std::string reason;
    std::string owner = {};
  };
  /// Lifts this owner's cordon, or those of all.
  struct Uncordon {
    std::string owner = {};
    bool all = false;
  };
  using Command = std::variant<Register, ReportReady, ReportLost, Cordon, Uncordon>;
  using Event = NodeEvent;
  enum class Rejection : std::uint8_t {
    node_is_not_registered,
    node_is_registered_differently,
    cluster_must_not_be_empty,
    gpu_count_must_be_16_at_most,
    node_must_have_gpus_or_processors,
    cordon_has_another_owner,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, node_is_not_registered, node_is_registered_differently,
                             cluster_must_not_be_empty, gpu_count_must_be_16_at_most,
                             node_must_have_gpus_or_processors, cordon_has_another_owner)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Registered {
    NodeRegistered description;
    bool ready = false;
    /// Who has cordoned it, in the order in which they did; mostly nobody.
    std::vector<std::string> cordon_owners = {};

    bool operator==(const Registered&) const = default;
    BOOST_DESCRIBE_CLASS(Registered, (), (description, ready, cordon_owners), (), ())
  };
  using State = std::variant<Absent, Registered>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
