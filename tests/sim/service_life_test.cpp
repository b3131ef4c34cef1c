#include <catch2/catch.hpp>

#include "tests/support/control_plane_fixture.hpp"

using namespace orrery;
using Names = std::vector<std::string>;

namespace {

/// Services on real actors, with the simulated driver and a virtual clock.
struct ServiceFixture : ControlPlaneFixture {
  ServiceFixture() { declare_cluster(2, 2); }

  ServiceSpecification specification(std::uint32_t gpu_count, std::uint32_t time_limit_min) const {
    ServiceSpecification wish;
    wish.name = "vllm";
    wish.cluster = "us-east1-a";
    wish.resources = {2, 1'024, gpu_count, "", time_limit_min};
    wish.resources.gpu_model = "A40-48GB";
    wish.launch.image = "vllm.sif";
    wish.launch.ports = {8'001};
    wish.launch.grace_period_s = 2;
    return wish;
  }
  void request(const std::string& id, std::uint32_t gpu_count, std::uint32_t time_limit_min = 0) {
    ServiceRequested request;
    request.specification = specification(gpu_count, time_limit_min);
    ask<Service>(id, Service::Create{request});
  }
  std::string last(const std::string& id) const { return facts("service/" + id).back(); }
};

}  // namespace

TEST_CASE("a service is built in eight seconds, serves six later, and stops in its grace period") {
  ServiceFixture fixture;
  fixture.request("17", 1);
  fixture.run_for(std::chrono::seconds(7));
  CHECK(fixture.facts("service/17") ==
        Names{"service.requested", "service.placed", "service.build_began"});
  fixture.run_for(std::chrono::seconds(2));
  CHECK(fixture.last("17") == "service.launched");
  fixture.run_for(std::chrono::seconds(6));
  CHECK(fixture.last("17") == "service.became_ready");
  fixture.ask<Service>("17", Service::Stop{});
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.last("17") == "service.stop_requested");
  fixture.run_for(std::chrono::seconds(2));
  CHECK(fixture.last("17") == "service.ended");
  CHECK(fixture.facts("lease/service-17").back() == "lease.released");
}

TEST_CASE("a service that dies leaves its GPU to the next, which finds the image there") {
  ServiceFixture fixture;
  fixture.request("17", 2);
  fixture.request("18", 2);
  fixture.request("19", 2);
  fixture.run_for(std::chrono::seconds(16));
  CHECK(fixture.last("18") == "service.became_ready");
  CHECK(fixture.facts("lease/service-19").back() == "lease.queued");
  caf::anon_send(fixture.driver, ServiceExit{"17", {}, 9u});
  fixture.run();
  CHECK(fixture.last("17") == "service.ended");
  fixture.run_for(std::chrono::seconds(7));
  CHECK(fixture.facts("service/19") ==
        Names{"service.requested", "service.placed", "service.launched", "service.became_ready"});
}

TEST_CASE("a service that has had its time is stopped, and one whose node is lost fails") {
  ServiceFixture fixture;
  fixture.request("17", 2, 1);
  fixture.request("18", 2);
  fixture.run_for(std::chrono::seconds(58));
  CHECK(fixture.last("17") == "service.became_ready");
  fixture.run_for(std::chrono::seconds(5));
  CHECK(fixture.last("17") == "service.ended");
  for (const auto* node : {"n0", "n1"}) caf::anon_send(fixture.driver, LoseNode{node, "power"});
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.last("18") == "service.ended");
}

TEST_CASE("a service that can't be started fails and gives its lease back") {
  ServiceFixture fixture;
  caf::anon_send(fixture.driver, FailStart{"17", "driver_error", "No such image."});
  fixture.request("17", 1);
  fixture.run_for(std::chrono::seconds(1));
  CHECK(fixture.last("17") == "service.ended");
  CHECK(fixture.facts("lease/service-17").back() == "lease.released");
}

TEST_CASE("a group runs on its nodes and ends when it is cancelled") {
  ServiceFixture fixture;
  ServiceGroupRequested group;
  group.specification = fixture.specification(1, 0);
  group.node_count = group.replica_count = 2;
  group.service_ids = {"17", "18", "19", "20"};
  fixture.ask<ServiceGroup>("sg-17", ServiceGroup::Create{group});
  fixture.run_for(std::chrono::seconds(16));
  for (const auto& id : group.service_ids) CHECK(fixture.last(id) == "service.became_ready");
  fixture.ask<ServiceGroup>("sg-17", ServiceGroup::Cancel{});
  fixture.run_for(std::chrono::seconds(4));
  for (const auto& id : group.service_ids) CHECK(fixture.last(id) == "service.ended");
}
