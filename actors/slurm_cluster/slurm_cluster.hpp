#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/slurm_events.hpp"

namespace orrery {

/// The rules of what is known of a Slurm: whatever its driver sees, once. Pure.
struct SlurmCluster {
  static constexpr std::string_view stream_prefix = "slurm_cluster";

  struct SeeController {
    SlurmControllerSeen controller;
  };
  struct SeeNode {
    SlurmNodeSeen node;
  };
  struct RemoveNode {
    std::string name;
  };
  struct SeeForeignUse {
    SlurmForeignUseSeen use;
  };
  using Command = std::variant<SeeController, SeeNode, RemoveNode, SeeForeignUse>;
  using Event = SlurmClusterEvent;
  enum class Rejection : std::uint8_t { node_has_no_name, generation_is_out_of_order };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, node_has_no_name, generation_is_out_of_order)

  struct State {
    SlurmControllerSeen controller = {};
    /// By their names in Slurm.
    std::map<std::string, SlurmNodeSeen> nodes = {};
    /// The last of each node, by its id.
    std::map<std::string, SlurmForeignUseSeen> foreign_uses = {};

    bool operator==(const State&) const = default;
    BOOST_DESCRIBE_CLASS(State, (), (controller, nodes, foreign_uses), (), ())
  };

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
