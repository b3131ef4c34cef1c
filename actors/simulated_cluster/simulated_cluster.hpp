#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/simulation_events.hpp"

namespace orrery {

/// The rules of a simulated cluster: how many machines it has, and what breaks. Pure.
struct SimulatedCluster {
  static constexpr std::string_view stream_prefix = "simulated_cluster";
  static constexpr std::uint32_t node_count_max = 1'000'000;

  struct Request {
    SimulatedClusterRequested cluster;
  };
  struct ReportCompleted {};
  struct SetFaults {
    SimulatedFaultsSet faults;
  };
  using Command = std::variant<Request, ReportCompleted, SetFaults>;
  using Event = SimulatedClusterEvent;
  enum class Rejection : std::uint8_t {
    cluster_was_not_requested,
    cluster_has_other_hardware,
    cluster_must_not_shrink,
    cluster_must_have_nodes,
    too_many_nodes,
    gpu_count_must_be_16_at_most,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, cluster_was_not_requested, cluster_has_other_hardware,
                             cluster_must_not_shrink, cluster_must_have_nodes, too_many_nodes,
                             gpu_count_must_be_16_at_most)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Requested {
    SimulatedClusterRequested cluster;
    bool complete = false;
    SimulatedFaultsSet faults = {};

    bool operator==(const Requested&) const = default;
    BOOST_DESCRIBE_CLASS(Requested, (), (cluster, complete, faults), (), ())
  };
  using State = std::variant<Absent, Requested>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
