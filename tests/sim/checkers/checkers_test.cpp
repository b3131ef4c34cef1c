#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "drivers/driver_duties.hpp"
#include "events/archive.hpp"
#include "events/default_network.hpp"
#include "sim/checkers/acknowledged_is_durable.hpp"
#include "sim/checkers/addresses_unique.hpp"
#include "sim/checkers/gangs_whole.hpp"
#include "sim/checkers/gpus_conserved.hpp"
#include "sim/checkers/holdings_of_the_living.hpp"
#include "sim/checkers/instances_settle.hpp"
#include "sim/checkers/leases_released.hpp"
#include "sim/checkers/no_lease_without_owner.hpp"
#include "sim/checkers/nodes_not_overfull.hpp"
#include "sim/checkers/one_lease_per_gpu.hpp"
#include "sim/checkers/operations_end.hpp"
#include "sim/checkers/replay_equals_live.hpp"
#include "storage/memory/memory_event_log.hpp"

using namespace orrery;

namespace {

/// A history told to a checker, one event after the other.
template <class C>
struct Told {
  C checker;
  Position position = 0;
  std::map<std::string, Version> versions;

  Told& event(const std::string& stream, Event event) {
    checker.apply({++position, stream, ++versions[stream], Time{}, Origin{}, std::move(event)});
    return *this;
  }
  std::size_t violations_at_rest() {
    checker.at_rest();
    return checker.violations().size();
  }
};

const NodeRegistered node{"c1", "A40-48GB", 2};
const LeaseRequested request{"vm/v1", "c1", "A40-48GB", 1, WhenFull::refuse};

template <class C>
Told<C>& with_fleet(Told<C>& told) {
  return told.event("node/n1", node)
      .event("gpu/n1:0", GpuRegistered{"n1", 0, "A40-48GB"})
      .event("gpu/n1:1", GpuRegistered{"n1", 1, "A40-48GB"});
}

}  // namespace

TEST_CASE("a lease that is claimed, granted and released breaks nothing", "[sim]") {
  const auto tell = [](auto& told) {
    with_fleet(told)
        .event("vm/v1", VmRequested{})
        .event("lease/v1.1", request)
        .event("gpu/n1:0", GpuClaimed{"v1.1", 1})
        .event("lease/v1.1", LeaseGranted{"n1", {0}, 1})
        .event("lease/v1.1", LeaseReleased{})
        .event("gpu/n1:0", GpuReleased{"v1.1"})
        .event("vm/v1", VmDeleted{});
    CHECK(told.violations_at_rest() == 0);
  };
  Told<OneLeasePerGpu> one;
  tell(one);
  Told<LeasesReleased> released;
  tell(released);
  Told<GpusConserved> conserved;
  tell(conserved);
}

TEST_CASE("a GPU claimed twice is found", "[sim]") {
  Told<OneLeasePerGpu> told;
  told.event("gpu/n1:0", GpuClaimed{"a", 1}).event("gpu/n1:0", GpuClaimed{"b", 2});
  CHECK(told.violations_at_rest() == 1);
}

TEST_CASE("a GPU granted to two leases is found", "[sim]") {
  Told<OneLeasePerGpu> told;
  told.event("gpu/n1:0", GpuClaimed{"a", 1})
      .event("lease/a", LeaseGranted{"n1", {0}, 1})
      .event("gpu/n1:0", GpuReleased{"a"})
      .event("gpu/n1:0", GpuClaimed{"b", 2})
      .event("lease/b", LeaseGranted{"n1", {0}, 2});
  CHECK(told.violations_at_rest() == 1);
}

TEST_CASE("a grant without a claim and a fence that falls are found", "[sim]") {
  Told<OneLeasePerGpu> unclaimed;
  unclaimed.event("lease/a", LeaseGranted{"n1", {0}, 1});
  CHECK(unclaimed.violations_at_rest() == 1);
  Told<OneLeasePerGpu> falling;
  falling.event("gpu/n1:0", GpuClaimed{"a", 5})
      .event("gpu/n1:0", GpuReleased{"a"})
      .event("gpu/n1:0", GpuClaimed{"b", 4});
  CHECK(falling.violations_at_rest() == 1);
}

TEST_CASE("an operation that never ends, or ends twice, is found", "[sim]") {
  Told<OperationsEnd> open;
  open.event("operation/o1", OperationStarted{});
  CHECK(open.violations_at_rest() == 1);
  Told<OperationsEnd> twice;
  twice.event("operation/o1", OperationStarted{})
      .event("operation/o1", OperationSucceeded{})
      .event("operation/o1", OperationFailed{});
  CHECK(twice.violations_at_rest() == 1);
}

TEST_CASE("a lease that outlives its VM is found", "[sim]") {
  Told<NoLeaseWithoutOwner> told;
  told.event("vm/v1", VmRequested{}).event("lease/v1.1", request).event("vm/v1", VmFailed{});
  CHECK(told.violations_at_rest() == 1);
}

TEST_CASE("a lease that outlives its VM's stop is found, one of a VM that runs again is not",
          "[sim]") {
  Told<NoLeaseWithoutOwner> stopped;
  stopped.event("vm/v1", VmRequested{}).event("lease/v1.1", request).event("vm/v1", VmStopped{});
  CHECK(stopped.violations_at_rest() == 1);
  Told<NoLeaseWithoutOwner> again;
  again.event("vm/v1", VmRequested{})
      .event("vm/v1", VmStopped{})
      .event("vm/v1", VmStartRequested{})
      .event("lease/v1.2", request);
  CHECK(again.violations_at_rest() == 0);
}

TEST_CASE("a lease of nobody, and a VM or instance on another's lease, are found", "[sim]") {
  Told<NoLeaseWithoutOwner> nobody;
  nobody.event("lease/v1.1", request);
  CHECK(nobody.violations_at_rest() == 2);
  Told<NoLeaseWithoutOwner> thief;
  thief.event("vm/v1", VmRequested{})
      .event("lease/v1.1", request)
      .event("instance/i1", InstanceRequested{})
      .event("instance/i1", InstancePlaced{"v1.1", "n1", {0}, 1});
  CHECK(thief.violations_at_rest() == 1);
}

TEST_CASE("an instance that runs on a lease that has ended is found", "[sim]") {
  const LeaseRequested of_instance{"instance/i1", "c", "A40-48GB", 1, WhenFull::queue};
  Told<NoLeaseWithoutOwner> told;
  told.event("instance/i1", InstanceRequested{})
      .event("lease/i1.1", of_instance)
      .event("instance/i1", InstancePlaced{"i1.1", "n1", {0}, 1})
      .event("instance/i1", InstanceStarted{})
      .event("lease/i1.1", LeaseExpired{"node_lost"});
  CHECK(told.violations_at_rest() == 1);
  told.event("instance/i1", InstanceInterrupted{}).event("lease/i1.2", of_instance);
  CHECK(told.violations_at_rest() == 1);  // Still the one.
}

TEST_CASE("an instance that never comes to rest and an image that never comes are found", "[sim]") {
  OrderPlaced order;
  order.instance_id = "i1";
  Told<InstancesSettle> told;
  told.event("wallet/u", order);
  CHECK(told.checker.moving_count() == 1);
  told.event("instance/i1", InstanceRequested{})
      .event("lease/i1.1", LeaseRequested{"instance/i1", "c", "A40-48GB", 1, WhenFull::queue})
      .event("lease/i1.1", LeaseQueued{});
  CHECK(told.checker.moving_count() == 0);
  CHECK(told.checker.queued_count() == 1);
  told.event("lease/i1.1", LeaseGranted{"n1", {0}, 1});
  CHECK(told.checker.moving_count() == 1);
  CHECK(told.violations_at_rest() == 1);

  Told<InstancesSettle> unsaved;
  unsaved.event("instance/i1", InstanceSnapshotTaken{{"image-1", "x:1"}, 1});
  CHECK(unsaved.violations_at_rest() == 1);
  Told<InstancesSettle> saved;
  saved.event("instance/i1", InstanceSnapshotTaken{{"image-1", "x:1"}, 1})
      .event("container_image/image-1", ContainerImageSaved{});
  CHECK(saved.violations_at_rest() == 0);
}

TEST_CASE("a volume of an instance that is gone, or never ran, is found", "[sim]") {
  OrderPlaced order;
  order.instance_id = "i1";
  order.specification.volumes = {{"d", "/root/data", 50, true}};
  Told<HoldingsOfTheLiving> gone;
  gone.event("wallet/u", order)
      .event("instance/i1", InstanceRequested{})
      .event("volume/d", VolumeCreated{})
      .event("volume/d", VolumeMounted{"i1"})
      .event("instance/i1", InstanceStarted{})
      .event("instance/i1", InstanceDeleted{});
  CHECK(gone.violations_at_rest() == 1);
  Told<HoldingsOfTheLiving> in_vain;
  in_vain.event("wallet/u", order)
      .event("instance/i1", InstanceRequested{})
      .event("volume/d", VolumeCreated{})
      .event("instance/i1", InstanceFailed{});
  CHECK(in_vain.violations_at_rest() == 1);
}

namespace {

VmRequested vm_in_east() {
  VmRequested requested;
  requested.specification.project_id = "p";
  requested.specification.location = "east";
  return requested;
}

VmPlaced placed_at(const char* private_ipv4, const char* public_ipv4) {
  return {"l", "n", {0}, 1, private_ipv4, public_ipv4};
}

Told<AddressesUnique> with_two_vms() {
  Told<AddressesUnique> told;
  const auto usual = default_network("p", "east");
  told.event("network/" + usual.network_id,
             SubnetAdded{usual.subnet_id, "s", "10.0.0.0/24", "east"})
      .event("address_pool/a", AddressPoolDeclared{"east", "1.2.3.0/24"})
      .event("vm/v1", vm_in_east())
      .event("vm/v2", vm_in_east())
      .event("vm/v1", placed_at("10.0.0.2", "1.2.3.0"));
  return told;
}

}  // namespace

TEST_CASE("an address that two living VMs have is found", "[sim]") {
  auto told = with_two_vms();
  told.event("vm/v2", placed_at("10.0.0.2", "1.2.3.0"));
  CHECK(told.violations_at_rest() == 2);
}

TEST_CASE("addresses that were given back may be given again", "[sim]") {
  auto told = with_two_vms();
  told.event("vm/v1", VmStopped{})
      .event("vm/v2", placed_at("10.0.0.3", "1.2.3.0"))
      .event("vm/v1", placed_at("10.0.0.2", "1.2.3.1"))
      .event("vm/v2", VmDeleted{})
      .event("vm/v1", placed_at("10.0.0.3", "1.2.3.0"));
  CHECK(told.violations_at_rest() == 0);
}

TEST_CASE("an address of no subnet or pool, and one that nobody asked for, are found", "[sim]") {
  auto told = with_two_vms();
  told.event("vm/v2", placed_at("10.0.1.2", "1.2.4.0"));
  CHECK(told.violations_at_rest() == 2);
  auto unasked = with_two_vms();
  unasked.event("vm/v1", VmNetworkChanged{default_network("p", "east").subnet_id,
                                          PublicAddress::none, "10.0.0.2", "1.2.3.0"});
  CHECK(unasked.violations_at_rest() == 1);
}

TEST_CASE("disks and places that too many have, or the dead, are found", "[sim]") {
  Told<HoldingsOfTheLiving> shared;
  shared.event("vm/v1", VmRequested{})
      .event("vm/v2", VmRequested{})
      .event("disk/d", DiskCreated{})
      .event("disk/d", DiskAttached{"v1", DiskMode::read_write})
      .event("disk/d", DiskAttached{"v2", DiskMode::read_only});
  CHECK(shared.violations_at_rest() == 1);
  Told<HoldingsOfTheLiving> dead;
  dead.event("vm/v1", VmRequested{})
      .event("disk/d", DiskCreated{})
      .event("disk/d", DiskAttached{"v1", DiskMode::read_only})
      .event("vm/v1", VmFailed{})
      .event("disk/d", DiskDetached{"v2"});
  CHECK(dead.violations_at_rest() == 2);
  Told<HoldingsOfTheLiving> full;
  full.event("reservation/r", ReservationDeclared{"o", "a.1", "east", 1, 0, 1, 0})
      .event("vm/v1", VmRequested{})
      .event("reservation/r", ReservationTaken{"v1"})
      .event("reservation/r", ReservationTaken{"v2"});
  CHECK(full.violations_at_rest() == 2);
}

TEST_CASE("GPUs that leak, appear or go missing are found", "[sim]") {
  Told<GpusConserved> leaking;
  with_fleet(leaking).event("gpu/n1:0", GpuClaimed{"a", 1});
  CHECK(leaking.violations_at_rest() == 1);
  Told<GpusConserved> missing;
  missing.event("node/n1", node).event("gpu/n1:0", GpuRegistered{"n1", 0, "A40-48GB"});
  CHECK(missing.violations_at_rest() == 1);
  Told<GpusConserved> from_nowhere;
  with_fleet(from_nowhere).event("gpu/n1:7", GpuRegistered{"n1", 7, "A40-48GB"});
  CHECK(from_nowhere.violations_at_rest() == 2);
  Told<GpusConserved> ungranted;
  with_fleet(ungranted).event("lease/a", LeaseGranted{"n1", {0}, 1});
  CHECK(ungranted.violations_at_rest() == 1);
}

TEST_CASE("an acknowledged event that is gone or another is found", "[sim]") {
  Told<AcknowledgedIsDurable> gone;
  gone.event("operation/o1", OperationStarted{});
  gone.checker.acknowledged("operation/o1", 2, 2);
  CHECK(gone.violations_at_rest() == 2);

  Told<AcknowledgedIsDurable> another;
  another.checker.acknowledged("operation/o1", 1, 1);
  another.event("operation/o2", OperationStarted{}).event("operation/o1", OperationStarted{});
  CHECK(another.violations_at_rest() == 1);

  Told<AcknowledgedIsDurable> after_a_crash;
  after_a_crash.event("operation/o1", OperationStarted{});
  after_a_crash.checker.acknowledged("operation/o1", 1, 1);
  after_a_crash.checker.begin_again();
  CHECK(after_a_crash.violations_at_rest() == 2);
}

TEST_CASE("a snapshot that is not what the log says is found", "[sim]") {
  Told<ReplayEqualsLive> told;
  with_fleet(told).event("node/n1", NodeCordoned{});
  MemoryEventLog log;
  Node::State state = Node::Registered{node, false, {}};
  std::string bytes;
  ByteWriter writer(bytes);
  writer(state);
  log.put_snapshot("node.4/n1", {0, 1, bytes});
  told.checker.compare(log);
  CHECK(told.checker.violations().empty());
  log.put_snapshot("node.4/n1", {0, 2, bytes});  // The cordon is missing.
  told.checker.compare(log);
  CHECK(told.checker.violations().size() == 1);
  log.put_snapshot(std::string("tail/").append(DriverDuties::name), {4, 0, "not what it is"});
  told.checker.compare(log);
  CHECK(told.checker.violations().size() == 3);
}

TEST_CASE("a node that gives more than it has is found", "[sim]") {
  const auto tell = [](std::uint32_t cpu_count, std::uint32_t memory_mib, bool first_ends) {
    Told<NodesNotOverfull> told;
    told.event("node/n1", NodeRegistered{"c1", "", 0, 8, 100})
        .event("lease/a", LeaseRequested{"service/1", "c1", "", 0, WhenFull::queue, 6, 50})
        .event("lease/a", LeaseGranted{"n1", {}, 1});
    if (first_ends) told.event("lease/a", LeaseReleased{});
    told.event("lease/b",
               LeaseRequested{"service/2", "c1", "", 0, WhenFull::queue, cpu_count, memory_mib})
        .event("lease/b", LeaseGranted{"n1", {}, 2});
    return told.violations_at_rest();
  };
  CHECK(tell(2, 50, false) == 0);
  CHECK(tell(3, 50, false) == 1);
  CHECK(tell(3, 51, false) == 2);
  CHECK(tell(8, 100, true) == 0);
}

TEST_CASE("a gang that is granted in part, or on the wrong nodes, is found", "[sim]") {
  const auto member = [](std::uint32_t slot) {
    return LeaseRequested{"service/1", "c1", "A40", 1, WhenFull::queue, 0, 0, {"sg-1", 2, slot}};
  };
  const auto tell = [&](bool both_claimed, const std::string& second_node) {
    Told<GangsWhole> told;
    told.event("lease/a", member(0)).event("lease/b", member(1));
    told.event("gpu/n1:0", GpuClaimed{"a", 1});
    if (both_claimed) told.event("gpu/" + second_node + ":1", GpuClaimed{"b", 2});
    told.event("lease/a", LeaseGranted{"n1", {0}, 1});
    told.event("lease/b", LeaseGranted{second_node, {1}, 2});
    return told.violations_at_rest();
  };
  CHECK(tell(true, "n2") == 0);
  CHECK(tell(false, "n2") == 1);
  CHECK(tell(true, "n1") == 1);
  Told<GangsWhole> incomplete;
  incomplete.event("lease/a", member(0)).event("gpu/n1:0", GpuClaimed{"a", 1});
  incomplete.event("lease/a", LeaseGranted{"n1", {0}, 1});
  CHECK(incomplete.violations_at_rest() == 1);
}
