#include "actors/runtime/control_plane.hpp"

#include <catch2/catch.hpp>

#include "tests/support/control_plane_fixture.hpp"

using namespace orrery;
using Names = std::vector<std::string>;

TEST_CASE("a VM goes from its request to running in twelve seconds, and is gone five after") {
  ControlPlaneFixture fixture;
  fixture.declare_cluster(2, 4);
  fixture.create_vm("v1", 2);
  fixture.run_for(std::chrono::seconds(11));
  CHECK(fixture.facts("vm/v1") == Names{"vm.requested", "vm.placed"});
  fixture.run_for(std::chrono::seconds(2));
  CHECK(fixture.facts("vm/v1") == Names{"vm.requested", "vm.placed", "vm.started"});
  CHECK(fixture.facts("operation/create-v1") == Names{"operation.started", "operation.succeeded"});

  fixture.delete_vm("v1");
  fixture.run_for(std::chrono::seconds(6));
  CHECK(fixture.facts("vm/v1").back() == "vm.deleted");
  CHECK(fixture.facts("lease/v1.1") == Names{"lease.requested", "lease.granted", "lease.released"});
  CHECK(fixture.facts("operation/delete-v1").back() == "operation.succeeded");
  CHECK(fixture.facts("gpu/n0:0") == Names{"gpu.registered", "gpu.claimed", "gpu.released"});
}

TEST_CASE("a create on a full cluster fails as an operation") {
  ControlPlaneFixture fixture;
  fixture.declare_cluster(1, 2);
  fixture.create_vm("v1", 2);
  fixture.create_vm("v2", 1);
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("operation/create-v2").back() == "operation.failed");
  CHECK(fixture.facts("vm/v2").back() == "vm.failed");
}

TEST_CASE("commands that fail while the disk is full are repeated until they are decided") {
  ControlPlaneFixture fixture;
  fixture.declare_cluster(2, 4);
  fixture.create_vm("v1", 1);
  bool full = true;
  fixture.memory_log.set_fate([&] { return full ? CommitFate::disk_full : CommitFate::succeeds; });
  fixture.create_vm("v2", 1);  // Never acknowledged.
  fixture.run_for(std::chrono::seconds(15));
  CHECK(fixture.facts("vm/v1").back() == "vm.placed");
  full = false;
  fixture.run_for(std::chrono::seconds(3));
  CHECK(fixture.facts("vm/v1").back() == "vm.started");
  CHECK(fixture.facts("operation/create-v1").back() == "operation.succeeded");
  CHECK(fixture.facts("operation/create-v2").empty());
}

TEST_CASE("a lost node fails its VMs and frees nobody else's") {
  ControlPlaneFixture fixture;
  fixture.declare_cluster(2, 4);
  fixture.create_vm("v1", 4);
  fixture.create_vm("v2", 4);
  fixture.run_for(std::chrono::seconds(13));
  REQUIRE(fixture.facts("gpu/n0:0").back() == "gpu.claimed");
  caf::anon_send(fixture.driver, LoseNode{"n0", "power"});
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("node/n0").back() == "node.lost");
  CHECK(fixture.facts("gpu/n0:0").back() == "gpu.released");
  CHECK(fixture.facts("gpu/n1:0").back() == "gpu.claimed");
  caf::anon_send(fixture.driver, RestoreNode{"n0"});
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("node/n0").back() == "node.became_ready");
}

TEST_CASE("a start that fails on command fails its operation") {
  ControlPlaneFixture fixture;
  fixture.declare_cluster(1, 4);
  caf::anon_send(fixture.driver, FailStart{"v1", "boot_failed", "No bootable disk."});
  fixture.create_vm("v1", 1);
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("vm/v1").back() == "vm.failed");
  CHECK(fixture.facts("operation/create-v1").back() == "operation.failed");
  CHECK(fixture.facts("gpu/n0:0").back() == "gpu.released");
}
