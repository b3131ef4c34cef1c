#include "actors/simulated_cluster/simulated_cluster.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

SimulatedClusterRequested nodes(std::uint32_t count, std::uint32_t gpus = 8) {
  return {"H100-80GB", count, gpus, 0, 0, 1};
}
const SimulatedFaultsSet faults{{10, 0, 0, 0, 0}, {}};

Given<SimulatedCluster> requested() { return given<SimulatedCluster>({nodes(100)}); }
Given<SimulatedCluster> complete() { return requested().then({SimulatedClusterCompleted{}}); }

}  // namespace

TEST_CASE("a simulated cluster has some nodes, not too many, with something on them") {
  using enum SimulatedCluster::Rejection;
  const auto refusal = [](const SimulatedClusterRequested& wanted) {
    return given<SimulatedCluster>({}).when(SimulatedCluster::Request{wanted}).error();
  };
  CHECK(refusal(nodes(0)) == cluster_must_have_nodes);
  CHECK(refusal(nodes(1, 0)) == cluster_must_have_nodes);
  CHECK(refusal(nodes(1, 17)) == gpu_count_must_be_16_at_most);
  CHECK(refusal(nodes(SimulatedCluster::node_count_max + 1)) == too_many_nodes);
  CHECK(given<SimulatedCluster>({}).when(SimulatedCluster::SetFaults{faults}).error() ==
        cluster_was_not_requested);
}

TEST_CASE("a simulated cluster grows, and never shrinks or changes its hardware") {
  using enum SimulatedCluster::Rejection;
  CHECK(complete().when(SimulatedCluster::Request{nodes(200)}).value() ==
        decided<SimulatedCluster>({nodes(200)}));
  CHECK(complete().when(SimulatedCluster::Request{nodes(50)}).error() == cluster_must_not_shrink);
  CHECK(complete().when(SimulatedCluster::Request{nodes(100, 4)}).error() ==
        cluster_has_other_hardware);
  CHECK(complete().then({nodes(200)}).when(SimulatedCluster::ReportCompleted{}).value().size() ==
        1);
}

TEST_CASE("every state of a simulated cluster answers every command as the table says",
          "[golden]") {
  check_state_table<SimulatedCluster>({
      {{"absent", SimulatedCluster::Absent{}},
       {"requested", requested().state},
       {"complete", complete().state},
       {"with faults", complete().then({faults}).state}},
      {{"request", SimulatedCluster::Request{nodes(100)}},
       {"request more", SimulatedCluster::Request{nodes(200)}},
       {"report completed", SimulatedCluster::ReportCompleted{}},
       {"set faults", SimulatedCluster::SetFaults{faults}}},
  });
}
