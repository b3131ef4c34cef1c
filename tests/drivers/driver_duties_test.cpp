#include "drivers/driver_duties.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

struct DutiesFixture {
  DriverDuties duties;
  Position position = 0;

  void event(const std::string& stream, Event event) {
    duties.apply({++position, stream, 1, Time{}, Origin{"test", 0, "request-1"}, std::move(event)});
  }
  void node() {
    event("node/n1", NodeRegistered{"c1", "A40-48GB", 4});
    event("node/n1", NodeBecameReady{});
  }
  void placed() { event("vm/v1", VmPlaced{"v1.1", "n1", {2, 3}, 7, "10.0.0.18", "198.18.0.18"}); }
};

template <class Message>
const Message& only(const std::vector<DriverOrder>& owed) {
  REQUIRE(owed.size() == 1);
  return std::get<Message>(owed.front().message);
}

}  // namespace

TEST_CASE("a node that is registered or lost is to be booted, until it is ready") {
  DutiesFixture fixture;
  fixture.event("node/n1", NodeRegistered{"c1", "A40-48GB", 4});
  CHECK(only<BootNode>(fixture.duties.due()).node_id == "n1");
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().size() == 1);
  fixture.event("node/n1", NodeBecameReady{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
  fixture.event("node/n1", NodeLost{"power"});
  CHECK(only<BootNode>(fixture.duties.due()).node_id == "n1");
}

TEST_CASE("a placed VM is to be started on its GPUs with its addresses") {
  DutiesFixture fixture;
  fixture.node();
  fixture.placed();
  const auto owed = fixture.duties.due();
  const auto& start = only<StartVm>(owed);
  CHECK(start.vm_id == "v1");
  CHECK(start.node_id == "n1");
  CHECK(start.gpu_indices == std::vector<std::uint32_t>{2, 3});
  CHECK(start.fence == 7);
  CHECK(start.private_ipv4 == "10.0.0.18");
  CHECK(start.public_ipv4 == "198.18.0.18");
  CHECK(start.origin.causation == 3);
  CHECK(start.origin.correlation == "request-1");
}

TEST_CASE("a VM that runs owes nothing") {
  DutiesFixture fixture;
  fixture.node();
  fixture.placed();
  fixture.event("vm/v1", VmStarted{"10.0.0.18", "198.18.0.18"});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a VM that is to be deleted is stopped where it was placed, until it is deleted") {
  DutiesFixture fixture;
  fixture.node();
  fixture.placed();
  fixture.event("vm/v1", VmDeletionRequested{});
  const auto owed = fixture.duties.due();
  CHECK(only<StopVm>(owed).node_id == "n1");
  CHECK(only<StopVm>(owed).fence == 7);
  CHECK(fixture.duties.resume().size() == 1);
  fixture.event("vm/v1", VmDeleted{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a VM that was never placed is stopped nowhere") {
  DutiesFixture fixture;
  fixture.event("vm/v1", VmDeletionRequested{});
  const auto owed = fixture.duties.due();
  CHECK(only<StopVm>(owed).node_id.empty());
  CHECK(only<StopVm>(owed).fence == 0);
}

TEST_CASE("a VM that failed after it was placed is stopped, one that failed before is not") {
  DutiesFixture fixture;
  fixture.event("vm/v0", VmFailed{"out_of_stock", ""});
  CHECK(fixture.duties.due().empty());
  fixture.node();
  fixture.placed();
  fixture.event("vm/v1", VmFailed{"gpu_fault", ""});
  CHECK(only<StopVm>(fixture.duties.due()).vm_id == "v1");
}

TEST_CASE("a VM that is to stop is stopped, and no driver's business once it has") {
  DutiesFixture fixture;
  fixture.node();
  fixture.placed();
  fixture.event("vm/v1", VmStarted{"172.27.0.2", "198.18.0.18"});
  fixture.event("vm/v1", VmStopRequested{});
  const auto owed = fixture.duties.due();
  CHECK(only<StopVm>(owed).fence == 7);
  CHECK(only<StopVm>(fixture.duties.resume()).node_id == "n1");
  fixture.event("vm/v1", VmStopped{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
  fixture.event("vm/v1", VmPlaced{"v1.2", "n1", {0, 1}, 9, "172.27.0.2", "198.18.0.19"});
  const auto again = fixture.duties.due();
  CHECK(only<StartVm>(again).fence == 9);
  CHECK(only<StartVm>(again).public_ipv4 == "198.18.0.19");
}

TEST_CASE("a VM that is being reset is rebooted, until it has booted") {
  DutiesFixture fixture;
  fixture.node();
  fixture.placed();
  fixture.event("vm/v1", VmStarted{"172.27.0.2", ""});
  fixture.event("vm/v1", VmResetRequested{3});
  const auto owed = fixture.duties.due();
  CHECK(only<RebootVm>(owed).number == 3);
  CHECK(only<RebootVm>(owed).fence == 7);
  CHECK(only<RebootVm>(fixture.duties.resume()).node_id == "n1");
  fixture.event("vm/v1", VmReset{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a VM whose start failed after it was placed is stopped, one that found no GPUs is not") {
  DutiesFixture fixture;
  fixture.event("vm/v0", VmStartFailed{"out_of_stock", ""});
  CHECK(fixture.duties.due().empty());
  fixture.node();
  fixture.placed();
  fixture.event("vm/v1", VmStartFailed{"driver_error", ""});
  CHECK(only<StopVm>(fixture.duties.due()).fence == 7);
}

TEST_CASE("duties that were saved resume as they would have") {
  DutiesFixture fixture;
  fixture.event("node/n2", NodeRegistered{"c1", "A40-48GB", 4});
  fixture.node();
  fixture.placed();
  std::string bytes;
  fixture.duties.save(bytes);
  DriverDuties loaded;
  loaded.load(bytes);
  CHECK(loaded.due().empty());
  CHECK(loaded.resume().size() == 2);
  std::string again;
  loaded.save(again);
  CHECK(again == bytes);
}

namespace {

/// An instance "i1" on GPU 2 of a node, with a fence.
struct InstanceFixture : DutiesFixture {
  InstanceFixture() {
    InstanceSpecification wish;
    wish.namespace_id = "u1";
    wish.image = "images.example/pytorch:2";
    wish.cpu_count = 16;
    wish.memory_gib = 96;
    wish.uid = "8d40c2e6";
    wish.volumes = {{"volume-1", "/root/data", 50, true}};
    instance(InstanceRequested{"order-1", wish});
  }
  void instance(Event happened) { event("instance/i1", std::move(happened)); }
  void placed(std::uint64_t fence) {
    instance(InstancePlaced{"i1." + std::to_string(fence), "n1", {2}, fence});
  }
  /// It ran, and nothing is noted.
  void running() {
    placed(7);
    instance(InstanceStarted{"172.31.213.79", 30'099});
    CHECK(duties.due().empty());
  }
};

}  // namespace

TEST_CASE("a placed instance is to be started with what it was ordered with, until it runs") {
  InstanceFixture fixture;
  CHECK(fixture.duties.due().empty());
  fixture.placed(7);
  const auto owed = fixture.duties.due();
  const auto& start = only<StartInstance>(owed);
  CHECK(start.instance_id == "i1");
  CHECK(start.uid == "8d40c2e6");
  CHECK(start.node_id == "n1");
  CHECK(start.gpu_indices == std::vector<std::uint32_t>{2});
  CHECK(start.fence == 7);
  CHECK(start.image == "images.example/pytorch:2");
  CHECK(start.cpu_count == 16);
  CHECK(start.memory_gib == 96);
  CHECK(start.volumes.at(0).volume_id == "volume-1");
  CHECK(start.origin.causation == 2);
  CHECK(fixture.duties.resume().size() == 1);
  fixture.instance(InstanceStarted{"172.31.213.79", 30'099});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("an instance is stopped with its grace period, and saved where that is wished") {
  InstanceFixture fixture;
  fixture.running();
  const SnapshotWish wish{"image-1", "images.example/mine:1"};
  fixture.instance(InstanceStopRequested{InstanceEndReason::customer, 30, wish});
  const auto owed = fixture.duties.due();
  CHECK(only<StopInstance>(owed).grace_period_s == 30);
  CHECK(only<StopInstance>(owed).fence == 7);
  CHECK(only<StopInstance>(owed).snapshot == wish);
  fixture.instance(InstanceSnapshotTaken{wish, 1});
  CHECK(fixture.duties.due().empty());
  CHECK_FALSE(only<StopInstance>(fixture.duties.resume()).snapshot);
  fixture.instance(InstanceStopped{});
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("an instance that is switched on again starts where it is placed then") {
  InstanceFixture fixture;
  fixture.running();
  fixture.instance(InstanceStopRequested{});
  fixture.instance(InstanceStopped{});
  fixture.instance(InstanceStartRequested{});
  CHECK(fixture.duties.due().empty());
  fixture.placed(9);
  CHECK(only<StartInstance>(fixture.duties.due()).fence == 9);
}

TEST_CASE("an interrupted instance is stopped where it was until it has another place") {
  InstanceFixture fixture;
  fixture.running();
  fixture.instance(InstanceInterrupted{"gpu_fault", ""});
  CHECK(only<StopInstance>(fixture.duties.due()).fence == 7);
  CHECK(only<StopInstance>(fixture.duties.resume()).grace_period_s == 0);
  fixture.placed(8);
  CHECK(only<StartInstance>(fixture.duties.due()).fence == 8);
}

TEST_CASE("an interrupted instance that is switched off is stopped where it was all the same") {
  InstanceFixture fixture;
  fixture.running();
  fixture.instance(InstanceInterrupted{"gpu_fault", ""});
  fixture.instance(InstanceStopRequested{InstanceEndReason::customer, 10, {}});
  fixture.instance(InstanceStopped{});
  CHECK(only<StopInstance>(fixture.duties.due()).fence == 7);
  CHECK(only<StopInstance>(fixture.duties.resume()).fence == 7);
  fixture.instance(InstanceStartRequested{});
  fixture.placed(8);
  CHECK(only<StartInstance>(fixture.duties.resume()).fence == 8);
  fixture.instance(InstanceStarted{});
  fixture.instance(InstanceStopRequested{});
  fixture.instance(InstanceStopped{});
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a failed instance is stopped where it was placed, and a deleted one until it is gone") {
  InstanceFixture unplaced;
  unplaced.instance(InstanceFailed{"out_of_stock", ""});
  CHECK(unplaced.duties.resume().empty());

  InstanceFixture fixture;
  fixture.placed(7);
  fixture.instance(InstanceFailed{"driver_error", ""});
  CHECK(only<StopInstance>(fixture.duties.due()).fence == 7);
  fixture.instance(InstanceDeletionRequested{});
  CHECK(only<StopInstance>(fixture.duties.due()).grace_period_s ==
        InstanceDuties::deletion_grace_period_s);
  fixture.instance(InstanceDeleted{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("what instances are owed survives a snapshot") {
  InstanceFixture fixture;
  fixture.placed(7);
  std::string bytes;
  fixture.duties.save(bytes);
  DriverDuties loaded;
  loaded.load(bytes);
  CHECK(only<StartInstance>(loaded.resume()).image == "images.example/pytorch:2");
}
