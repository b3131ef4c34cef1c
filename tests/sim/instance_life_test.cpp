#include <catch2/catch.hpp>

#include "tests/support/control_plane_fixture.hpp"

using namespace orrery;
using Names = std::vector<std::string>;

namespace {

/// Container instances on real actors, with the simulated driver and a virtual clock.
struct InstanceFixture : ControlPlaneFixture {
  InstanceFixture() {
    declare_cluster(2, 2);
    ask<Wallet>("u1", Wallet::Open{});
    ask<Wallet>("u1", Wallet::TopUp{{"t1", 10'000}});
  }

  void order(const std::string& id, std::uint32_t gpu_count) {
    OrderPlaced order;
    order.order_id = "order-" + id;
    order.instance_id = id;
    order.terms.price_fen = 250;
    auto& wish = order.specification;
    wish.namespace_id = "u1";
    wish.cluster = "us-east1-a";
    wish.gpu_model = "A40-48GB";
    wish.gpu_count = gpu_count;
    wish.volumes = {{"volume-" + id, "/root/data", 50, true}};
    ask<Wallet>("u1", Wallet::PlaceOrder{order, 0});
  }
  void stop(const std::string& id, std::uint32_t grace_period_s,
            std::optional<SnapshotWish> snapshot = {}) {
    ask<Instance>(
        id, Instance::Stop{{InstanceEndReason::customer, grace_period_s, std::move(snapshot)}});
  }
};

}  // namespace

TEST_CASE("an instance goes from its order to running in twelve seconds") {
  InstanceFixture fixture;
  fixture.order("i1", 1);
  fixture.run_for(std::chrono::seconds(11));
  CHECK(fixture.facts("instance/i1") == Names{"instance.requested", "instance.placed"});
  fixture.run_for(std::chrono::seconds(2));
  CHECK(fixture.facts("instance/i1").back() == "instance.started");
  CHECK(fixture.facts("volume/volume-i1") == Names{"volume.created", "volume.mounted"});
}

TEST_CASE("an instance is switched off within its grace period, saved, on again, and deleted") {
  InstanceFixture fixture;
  fixture.order("i1", 2);
  fixture.run_for(std::chrono::seconds(13));
  fixture.stop("i1", 2, SnapshotWish{"image-1", "images.example/u1/mine:v1"});
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("instance/i1").back() == "instance.stop_requested");
  fixture.run_for(std::chrono::milliseconds(1'500));
  CHECK(fixture.facts("instance/i1").back() == "instance.stopped");
  CHECK(fixture.facts("container_image/image-1") == Names{"container_image.saved"});
  CHECK(fixture.facts("lease/i1.1").back() == "lease.released");

  fixture.ask<Instance>("i1", Instance::Start{});
  fixture.run_for(std::chrono::seconds(13));
  CHECK(fixture.facts("instance/i1").back() == "instance.started");
  fixture.ask<Instance>("i1", Instance::Delete{});
  fixture.run_for(std::chrono::seconds(6));
  CHECK(fixture.facts("instance/i1").back() == "instance.deleted");
  CHECK(fixture.facts("volume/volume-i1").back() == "volume.unmounted");
  CHECK(fixture.facts("lease/i1.2").back() == "lease.released");
}

TEST_CASE("an instance runs on another node where its own is lost") {
  InstanceFixture fixture;
  fixture.order("i1", 2);
  fixture.run_for(std::chrono::seconds(13));
  REQUIRE(fixture.facts("gpu/n0:0").back() == "gpu.claimed");
  caf::anon_send(fixture.driver, LoseNode{"n0", "power"});
  fixture.run_for(std::chrono::seconds(13));
  CHECK(fixture.facts("instance/i1") == Names{"instance.requested", "instance.placed",
                                              "instance.started", "instance.interrupted",
                                              "instance.placed", "instance.started"});
  CHECK(fixture.facts("gpu/n1:0").back() == "gpu.claimed");
  CHECK(fixture.facts("gpu/n0:0").back() == "gpu.released");
}

TEST_CASE("an instance and a VM share a fleet, and neither gets the other's GPUs") {
  InstanceFixture fixture;
  fixture.create_vm("v1", 2);
  fixture.order("i1", 2);
  fixture.order("i2", 1);
  fixture.run_for(std::chrono::seconds(13));
  CHECK(fixture.facts("vm/v1").back() == "vm.started");
  CHECK(fixture.facts("instance/i1").back() == "instance.started");
  CHECK(fixture.facts("instance/i2").back() == "instance.failed");
  CHECK(fixture.facts("volume/volume-i2").empty());
}

TEST_CASE("an instance whose first start fails is refunded and leaves no volume") {
  InstanceFixture fixture;
  caf::anon_send(fixture.driver, FailStart{"i1", "driver_error", "No such image."});
  fixture.order("i1", 1);
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.facts("instance/i1").back() == "instance.failed");
  CHECK(fixture.facts("volume/volume-i1").back() == "volume.deleted");
  CHECK(fixture.facts("wallet/u1").back() == "wallet.order_refunded");
  CHECK(fixture.facts("gpu/n0:0").back() == "gpu.released");
}
