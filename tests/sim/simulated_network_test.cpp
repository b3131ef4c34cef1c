#include "sim/simulated_network.hpp"

#include <catch2/catch.hpp>

#include "sim/simulated_guest.hpp"

using namespace orrery;

namespace {

const std::chrono::seconds grace{60};

FleetEffects report_of_a_vm() {
  return {{simulated_report<Vm>("v1", Vm::ReportStopped{3}, {})}, {}};
}

}  // namespace

TEST_CASE("orders for a node that is cut off wait, and arrive in their order") {
  SimulatedNetwork network;
  network.cut_off("n1", grace);
  CHECK(network.holds(BootNode{"n1", {}}));
  CHECK(network.holds(StopVm{"v1", "n1", 3, {}}));
  CHECK_FALSE(network.holds(BootNode{"n2", {}}));
  const auto arrival = network.reconnect("n1");
  REQUIRE(arrival.orders.size() == 2);
  CHECK(std::holds_alternative<BootNode>(arrival.orders[0]));
  CHECK(std::holds_alternative<StopVm>(arrival.orders[1]));
  CHECK_FALSE(network.holds(BootNode{"n1", {}}));
}

TEST_CASE("reports from a node that is cut off wait; its clock goes on") {
  SimulatedNetwork network;
  network.cut_off("n1", grace);
  auto effects = report_of_a_vm();
  effects.steps.push_back({"v1", 1, grace});
  const auto seen = network.through("n1", std::move(effects));
  CHECK(seen.reports.empty());
  CHECK(seen.steps.size() == 1);
  CHECK(network.through("n2", report_of_a_vm()).reports.size() == 1);
  CHECK(network.reconnect("n1").reports.size() == 1);
  CHECK(network.reconnect("n1").reports.empty());
}

TEST_CASE("a node that is silent for longer than the grace time is reported lost") {
  SimulatedNetwork network;
  const auto cut = network.cut_off("n1", grace);
  REQUIRE(cut.steps.size() == 1);
  CHECK(cut.steps[0].delay == grace);
  CHECK(network.cut_off("n1", grace).steps.empty());
  const auto lost = network.step_over(cut.steps[0].id, cut.steps[0].number);
  REQUIRE(lost.reports.size() == 1);
  const auto& to = std::get<To<Node>>(lost.reports[0].command);
  CHECK(to.id == "n1");
  CHECK(std::get<Node::ReportLost>(to.command).reason ==
        "no word from it for 60000 ms: the network is cut");
}

TEST_CASE("a node that is reached again in time was never lost") {
  SimulatedNetwork network;
  const auto cut = network.cut_off("n1", grace);
  network.reconnect("n1");
  CHECK(network.step_over(cut.steps[0].id, cut.steps[0].number).reports.empty());
  network.cut_off("n1", grace);
  CHECK(network.step_over(cut.steps[0].id, cut.steps[0].number).reports.empty());
}
