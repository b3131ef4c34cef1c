#include "sim/simulated_fleet.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

StartVm start_vm(std::uint64_t fence = 1) {
  return {"v1", "n1", {0}, fence, "10.0.0.1", "198.18.0.1", {"driver", 9, "request-1"}};
}

StopVm stop_vm(std::uint64_t fence) { return {"v1", "n1", fence, {}}; }

template <class A, class Command>
const Command& only(const FleetEffects& effects) {
  REQUIRE(effects.reports.size() == 1);
  return std::get<Command>(std::get<To<A>>(effects.reports.front().command).command);
}

SimulatedFleet fleet_of(StepDelay start) {
  SimulatedDriverConfiguration configuration;
  configuration.start = start;
  return SimulatedFleet(configuration);
}

}  // namespace

TEST_CASE("a VM starts in twelve seconds and stops in five, divided by the time scale") {
  SimulatedDriverConfiguration configuration;
  configuration.time_scale = 10;
  SimulatedFleet fleet(configuration);
  const auto starting = fleet.start(start_vm());
  REQUIRE(starting.steps.size() == 1);
  CHECK(starting.steps[0].delay == std::chrono::milliseconds(1'200));
  const auto started = fleet.step_over("v1", starting.steps[0].number);
  CHECK(only<Vm, Vm::ReportStarted>(started).fence == 1);
  CHECK(started.reports[0].origin.actor == "driver/simulated");
  CHECK(started.reports[0].origin.causation == 9);
  const auto stopping = fleet.stop(stop_vm(1));
  CHECK(stopping.steps.at(0).delay == std::chrono::milliseconds(500));
  only<Vm, Vm::ReportStopped>(fleet.step_over("v1", stopping.steps[0].number));
}

TEST_CASE("to be told twice does nothing twice") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  CHECK(fleet.start(start_vm()).steps.size() == 1);
  CHECK(fleet.start(start_vm()).steps.empty());
  CHECK(fleet.stop(stop_vm(1)).steps.size() == 1);
  CHECK(fleet.stop(stop_vm(1)).steps.empty());
}

TEST_CASE("a VM that is stopped while it starts never runs") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto starting = fleet.start(start_vm());
  fleet.stop(stop_vm(1));
  CHECK(fleet.step_over("v1", starting.steps[0].number).reports.empty());
}

TEST_CASE("a GPU refuses a start with an older fence than it has seen") {
  auto fleet = fleet_of(StepDelay::manual());
  fleet.start(start_vm(5));
  fleet.fail_start("v1", "driver_error", "");
  CHECK(fleet.start(start_vm(4)).reports.empty());
  CHECK(fleet.finish_step("v1").reports.empty());
}

TEST_CASE("a manual step ends on command") {
  auto fleet = fleet_of(StepDelay::manual());
  CHECK(fleet.start(start_vm()).steps.empty());
  only<Vm, Vm::ReportStarted>(fleet.finish_step("v1"));
}

TEST_CASE("a start fails on command, now or the next time") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  CHECK(fleet.fail_start("v1", "driver_error", "x").reports.empty());
  CHECK(only<Vm, Vm::ReportFailed>(fleet.start(start_vm())).code == "driver_error");
  const auto starting = fleet.start(start_vm(2));
  CHECK(only<Vm, Vm::ReportFailed>(fleet.fail_start("v1", "again", "x")).code == "again");
  CHECK(fleet.step_over("v1", starting.steps[0].number).reports.empty());
}

TEST_CASE("a lost node stays dead until it is restored, with everything on it") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto booting = fleet.boot({"n1", {}});
  only<Node, Node::ReportReady>(fleet.step_over("n1", booting.steps.at(0).number));
  const auto starting = fleet.start(start_vm());
  CHECK(only<Node, Node::ReportLost>(fleet.lose("n1", "power")).reason == "power");
  CHECK(fleet.step_over("v1", starting.steps[0].number).reports.empty());
  CHECK(fleet.boot({"n1", {}}).steps.empty());
  const auto rebooting = fleet.restore("n1");
  only<Node, Node::ReportReady>(fleet.step_over("n1", rebooting.steps.at(0).number));
}

TEST_CASE("a VM that is told to reboot boots once for each reset") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto starting = fleet.start(start_vm());
  CHECK(fleet.reboot({"v1", "n1", 1, 1, {}}).steps.empty());  // It isn't up yet.
  fleet.step_over("v1", starting.steps.at(0).number);
  const auto rebooting = fleet.reboot({"v1", "n1", 1, 1, {}});
  CHECK(rebooting.steps.at(0).delay == std::chrono::seconds(8));
  CHECK(fleet.reboot({"v1", "n1", 1, 1, {}}).steps.empty());
  const auto rebooted = fleet.step_over("v1", rebooting.steps[0].number);
  CHECK(only<Vm, Vm::ReportReset>(rebooted).number == 1);
  CHECK(only<Vm, Vm::ReportReset>(fleet.reboot({"v1", "n1", 1, 1, {}})).number == 1);
  CHECK(fleet.reboot({"v1", "n1", 1, 2, {}}).steps.size() == 1);
}

TEST_CASE("a driver that was started anew reboots VMs that it doesn't know") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto rebooting = fleet.reboot({"v1", "n1", 5, 4, {}});
  const auto rebooted = fleet.step_over("v1", rebooting.steps.at(0).number);
  CHECK(only<Vm, Vm::ReportReset>(rebooted).number == 4);
  CHECK(fleet.stop(stop_vm(5)).steps.size() == 1);
}

TEST_CASE("a VM that is started anew while it stops starts once it has stopped") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  fleet.start(start_vm(1));
  const auto stopping = fleet.stop(stop_vm(1));
  CHECK(fleet.start(start_vm(2)).steps.empty());
  const auto stopped = fleet.step_over("v1", stopping.steps.at(0).number);
  CHECK(only<Vm, Vm::ReportStopped>(stopped).fence == 1);
  REQUIRE(stopped.steps.size() == 1);
  CHECK(only<Vm, Vm::ReportStarted>(fleet.step_over("v1", stopped.steps[0].number)).fence == 2);
}

TEST_CASE("an older stop doesn't touch a VM that was started since") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto starting = fleet.start(start_vm(2));
  CHECK(only<Vm, Vm::ReportStopped>(fleet.stop(stop_vm(1))).fence == 1);
  CHECK(only<Vm, Vm::ReportStarted>(fleet.step_over("v1", starting.steps.at(0).number)).fence == 2);
}

TEST_CASE("a VM that waits for its own end to start is stopped with it") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  fleet.start(start_vm(1));
  const auto stopping = fleet.start(start_vm(2));
  CHECK(fleet.stop(stop_vm(2)).steps.empty());
  const auto stopped = fleet.step_over("v1", stopping.steps.at(0).number);
  CHECK(only<Vm, Vm::ReportStopped>(stopped).fence == 2);
  CHECK(stopped.steps.empty());
}

TEST_CASE("delays are drawn from seed, thing and step alone, within their bounds") {
  using std::chrono::milliseconds;
  const auto uniform = StepDelay::uniform(milliseconds(10), milliseconds(20));
  const auto exponential = StepDelay::exponential(milliseconds(5), milliseconds(15));
  std::chrono::microseconds sum{0};
  constexpr int count = 2'000;
  for (int i = 0; i < count; ++i) {
    const auto id = "vm-" + std::to_string(i);
    const auto drawn = draw(uniform, 1, id, "start");
    CHECK((drawn >= milliseconds(10) && drawn < milliseconds(20)));
    CHECK(drawn == draw(uniform, 1, id, "start"));
    CHECK(draw(exponential, 1, id, "start") >= milliseconds(5));
    sum += draw(exponential, 1, id, "start");
  }
  CHECK(sum / count > milliseconds(13));
  CHECK(sum / count < milliseconds(17));
  CHECK(draw(uniform, 1, "vm-1", "start") != draw(uniform, 2, "vm-1", "start"));
}

namespace {

StartInstance start_instance(std::uint64_t fence = 1) {
  StartInstance start;
  start.instance_id = "i1";
  start.node_id = "n1";
  start.gpu_indices = {0};
  start.fence = fence;
  start.origin = {"driver", 9, "request-1"};
  return start;
}

StopInstance stop_instance(std::uint32_t grace_period_s, std::optional<SnapshotWish> snapshot = {},
                           std::uint64_t fence = 1) {
  return {"i1", "n1", fence, grace_period_s, std::move(snapshot), {}};
}

const SnapshotWish wish{"image-1", "images.example/mine:1"};

template <class Command>
const Command& report_at(const FleetEffects& effects, std::size_t index) {
  return std::get<Command>(std::get<To<Instance>>(effects.reports.at(index).command).command);
}

/// A fleet on which the instance "i1" runs.
SimulatedFleet with_running_instance() {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto starting = fleet.start(start_instance());
  fleet.step_over("i1", starting.steps.at(0).number);
  return fleet;
}

}  // namespace

TEST_CASE("an instance starts as a VM does, and is given addresses that depend on nothing else") {
  SimulatedFleet fleet{SimulatedDriverConfiguration{}};
  const auto starting = fleet.start(start_instance());
  CHECK(starting.steps.at(0).delay == std::chrono::seconds(12));
  const auto started = fleet.step_over("i1", starting.steps[0].number);
  const auto& report = only<Instance, Instance::ReportStarted>(started);
  CHECK(report.fence == 1);
  CHECK(report.started.ip.starts_with("172."));
  CHECK(report.started.ssh_port >= 30'000);
  SimulatedFleet other{SimulatedDriverConfiguration{}};
  const auto again = other.step_over("i1", other.start(start_instance()).steps.at(0).number);
  CHECK(only<Instance, Instance::ReportStarted>(again).started == report.started);
}

TEST_CASE("an instance stops within its grace period, by itself or killed") {
  auto patient = with_running_instance();
  CHECK(patient.stop(stop_instance(10)).steps.at(0).delay == std::chrono::seconds(5));
  auto impatient = with_running_instance();
  CHECK(impatient.stop(stop_instance(2)).steps.at(0).delay == std::chrono::seconds(2));
  auto merciless = with_running_instance();
  CHECK(merciless.stop(stop_instance(0)).steps.at(0).delay == std::chrono::seconds(0));
}

TEST_CASE("an instance is saved before it has stopped, and only then") {
  auto fleet = with_running_instance();
  const auto stopping = fleet.stop(stop_instance(10, wish));
  CHECK(stopping.reports.empty());
  const auto stopped = fleet.step_over("i1", stopping.steps.at(0).number);
  REQUIRE(stopped.reports.size() == 2);
  const auto& saved = report_at<Instance::ReportSnapshot>(stopped, 0);
  CHECK(saved.taken.snapshot == wish);
  CHECK(saved.taken.size_bytes > 0);
  CHECK(saved.fence == 1);
  CHECK(report_at<Instance::ReportStopped>(stopped, 1).fence == 1);
}

TEST_CASE("an instance whose node dies while it is saved is not saved") {
  auto fleet = with_running_instance();
  fleet.stop(stop_instance(10, wish));
  const auto lost = fleet.lose("n1", "power");
  REQUIRE(lost.reports.size() == 2);
  CHECK(report_at<Instance::ReportStopped>(lost, 0).fence == 1);
  CHECK(only<Instance, Instance::ReportStopped>(fleet.stop(stop_instance(10, wish))).fence == 1);
}

TEST_CASE("an instance that is deleted while it is saved is not saved") {
  auto fleet = with_running_instance();
  const auto stopping = fleet.stop(stop_instance(10, wish));
  CHECK(fleet.stop(stop_instance(10)).steps.empty());
  only<Instance, Instance::ReportStopped>(fleet.step_over("i1", stopping.steps.at(0).number));
}

TEST_CASE("a driver that was started anew saves an instance that it doesn't know") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  const auto stopped = fleet.stop(stop_instance(10, wish, 7));
  REQUIRE(stopped.reports.size() == 2);
  CHECK(report_at<Instance::ReportSnapshot>(stopped, 0).fence == 7);
  CHECK(report_at<Instance::ReportStopped>(stopped, 1).fence == 7);
}

TEST_CASE("an instance that is placed anew while it is killed starts once it is dead") {
  auto fleet = with_running_instance();
  const auto stopping = fleet.stop(stop_instance(0));
  CHECK(fleet.start(start_instance(2)).steps.empty());
  const auto stopped = fleet.step_over("i1", stopping.steps.at(0).number);
  CHECK(only<Instance, Instance::ReportStopped>(stopped).fence == 1);
  const auto started = fleet.step_over("i1", stopped.steps.at(0).number);
  CHECK(only<Instance, Instance::ReportStarted>(started).fence == 2);
}

TEST_CASE("an instance's start fails on command") {
  auto fleet = fleet_of(StepDelay::fixed(std::chrono::seconds(1)));
  fleet.fail_start("i1", "driver_error", "x");
  const auto failed = fleet.start(start_instance());
  CHECK(only<Instance, Instance::ReportFailed>(failed).fence == 1);
}
