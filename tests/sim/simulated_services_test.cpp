#include <catch2/catch.hpp>

#include "sim/simulated_fleet.hpp"

using namespace orrery;

namespace {

StartService start_of(const std::string& id, const std::string& image = "vllm.sif",
                      std::uint64_t fence = 7) {
  StartService start;
  start.service_id = id;
  start.node_id = "n1";
  start.gpu_indices = {0};
  start.fence = fence;
  start.specification.launch.image = image;
  start.specification.launch.ports = {8'001, 8'002};
  return start;
}

StopService stop_of(const std::string& id, std::uint32_t grace_period_s = 10) {
  return {id, "n1", 7, grace_period_s, {}};
}

template <class Command>
Command only(const FleetEffects& effects) {
  REQUIRE(effects.reports.size() == 1);
  return std::get<Command>(std::get<To<Service>>(effects.reports.front().command).command);
}

/// A fleet in which "17" runs.
SimulatedFleet with_running() {
  SimulatedFleet fleet({});
  fleet.start(start_of("17", ""));
  only<Service::ReportReady>(fleet.finish_step("17"));
  return fleet;
}

}  // namespace

TEST_CASE("an image is built the first time that it is wanted on a node") {
  SimulatedFleet fleet({});
  const auto building = fleet.start(start_of("17"));
  CHECK(only<Service::ReportBuilding>(building).fence == 7);
  const auto launching = fleet.step_over("17", building.steps.at(0).number);
  const auto launched = only<Service::ReportLaunched>(launching);
  CHECK(launched.launched == ServiceLaunched{"n1", 8'001});
  only<Service::ReportReady>(fleet.step_over("17", launching.steps.at(0).number));

  only<Service::ReportLaunched>(fleet.start(start_of("18", "vllm.sif", 8)));
  only<Service::ReportBuilding>(fleet.start(start_of("19", "qdrant.sif", 9)));
  fleet.lose("n1", "power");
  fleet.restore("n1");
  fleet.finish_step("n1");
  only<Service::ReportBuilding>(fleet.start(start_of("20", "vllm.sif", 10)));
}

TEST_CASE("a service with a command alone is launched at once, a replica at a port of its own") {
  SimulatedFleet fleet({});
  auto start = start_of("17", "");
  start.replica = ServiceReplica{"sg-15", 2, 0, 4};
  CHECK(only<Service::ReportLaunched>(fleet.start(start)).launched.port == 8'003);
  auto portless = start_of("18", "", 8);
  portless.specification.launch.ports.clear();
  CHECK(only<Service::ReportLaunched>(fleet.start(portless)).launched.port == 0);
}

TEST_CASE("a simulated service is started and stopped once, however often that is said") {
  SimulatedFleet fleet({});
  CHECK(fleet.start(start_of("17")).reports.size() == 1);
  CHECK(fleet.start(start_of("17")).reports.empty());
  CHECK(fleet.stop(stop_of("17")).steps.size() == 1);
  CHECK(fleet.stop(stop_of("17")).steps.empty());
  CHECK(only<Service::ReportExited>(fleet.finish_step("17")).fence == 7);
  CHECK(only<Service::ReportExited>(fleet.stop(stop_of("17"))).fence == 7);
}

TEST_CASE("a simulated service is killed at the end of its grace period") {
  auto fleet = with_running();
  CHECK(fleet.stop(stop_of("17", 1)).steps.at(0).delay == std::chrono::seconds(1));
}

TEST_CASE("a simulated service that has ended by itself does not run again") {
  auto fleet = with_running();
  const auto exit = only<Service::ReportExited>(fleet.exit(ServiceExit{"17", {}, 9u}));
  CHECK(exit.signal == 9u);
  CHECK(exit.fence == 7);
  const auto again = fleet.start(start_of("17", ""));
  CHECK(again.reports.empty());
  CHECK(again.steps.empty());
  CHECK(fleet.exit(ServiceExit{"17", 0u, {}}).reports.empty());
}

TEST_CASE("a simulated service can fail to start, but not once it runs") {
  SimulatedFleet fleet({});
  fleet.fail_start("17", "driver_error", "No.");
  CHECK(only<Service::ReportFailed>(fleet.start(start_of("17"))).code == "driver_error");
  fleet.start(start_of("18", "", 8));
  CHECK(only<Service::ReportFailed>(fleet.fail_start("18", "no_image", "No.")).fence == 8);
  auto running = with_running();
  CHECK(running.fail_start("17", "driver_error", "No.").reports.empty());
}

TEST_CASE("services are gone with their node, and a stale start is refused") {
  auto fleet = with_running();
  CHECK(fleet.start(start_of("16", "", 6)).reports.empty());
  fleet.lose("n1", "power");
  CHECK(fleet.start(start_of("18", "", 8)).reports.empty());
  CHECK(fleet.exit(ServiceExit{"17", 0u, {}}).reports.empty());
}
