#include <algorithm>

#include "actors/processes/service_record.hpp"
#include "tests/support/service_scenario.hpp"

using namespace orrery;
using namespace orrery::services;

namespace {

using std::chrono::minutes;

bool holds_no_lease(const RuleWorld& world, const std::string& id) {
  const auto lease = world.state<Lease>(lease_of_service(id));
  return std::holds_alternative<Lease::Ended>(lease) ||
         std::holds_alternative<Lease::Absent>(lease);
}

}  // namespace

TEST_CASE("a service gets a lease, is placed, runs, is stopped and gives the lease back",
          "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  create(world, "17");
  CHECK(is<Service::Running>(world, "17"));
  CHECK(placement_of(world, "17").lease_id == "service-17");
  CHECK(placement_of(world, "17").gpu_indices.size() == 1);
  stop(world, "17");
  CHECK(end_of(world, "17")->outcome == ServiceOutcome::cancelled);
  CHECK(holds_no_lease(world, "17"));
  check_scenario("service_create_and_stop", world, first);
}

TEST_CASE("a service waits for its turn where the cluster is full", "[golden]") {
  auto world = with_running(1, 2);
  const auto first = world.log().size();
  create(world, "18", 2);
  create(world, "19", 2);
  CHECK(is<Service::Pending>(world, "18"));
  stop(world, "18");
  CHECK(end_of(world, "18")->outcome == ServiceOutcome::cancelled);
  CHECK(holds_no_lease(world, "18"));
  stop(world, "17");
  CHECK(is<Service::Running>(world, "19"));
  check_scenario("service_queued", world, first);
}

TEST_CASE("a service that no node could ever hold fails, and says what it asked for", "[golden]") {
  auto world = fleet(1);
  const auto first = world.log().size();
  create(world, "17", 3);
  CHECK(code_of(world, "17") == "out_of_resources");
  CHECK(end_of(world, "17")->message ==
        "No node of the cluster ai-factory could ever give it what it asks for: 3 GPUs "
        "(A100-40GB), 2 CPUs and 1024 MiB of memory.");
  check_scenario("service_larger_than_any_node", world, first);
}

TEST_CASE("a service whose lease may not be asked for fails with the reason") {
  auto world = fleet(1);
  create(world, "17", 17);
  CHECK(code_of(world, "17") == "gpu_count_must_be_16_at_most");
  CHECK(end_of(world, "17")->message == "Its lease was refused: gpu count must be 16 at most.");
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a service whose node is lost fails, and its lease is gone", "[golden]") {
  auto world = with_running(2);
  const auto node = placement_of(world, "17").node_id;
  const auto first = world.log().size();
  world.send<Node>(node, Node::ReportLost{"power"});
  world.run();
  CHECK(code_of(world, "17") == "node_lost");
  CHECK_FALSE(end_of(world, "17")->is_confirmed);
  CHECK(holds_no_lease(world, "17"));
  check_scenario("service_node_lost", world, first);
}

TEST_CASE("a service one of whose GPUs breaks is stopped, and has failed", "[golden]") {
  auto world = with_running(2);
  const auto placement = placement_of(world, "17");
  const auto first = world.log().size();
  world.send<Gpu>(gpu_id(placement.node_id, placement.gpu_indices.front()),
                  Gpu::ReportFault{"ECC"});
  world.run();
  CHECK(code_of(world, "17") == "gpu_fault");
  CHECK(end_of(world, "17")->outcome == ServiceOutcome::failed);
  check_scenario("service_gpu_fault", world, first);
}

TEST_CASE("a GPU that breaks between grant and placement leaves nothing running") {
  auto world = fleet(1);
  request(world, "17");
  const auto is_granted = [&] {
    return std::holds_alternative<Lease::Granted>(world.state<Lease>("service-17"));
  };
  const auto next = [](std::size_t) { return std::size_t{0}; };
  while (!is_granted()) REQUIRE(world.run_one(next));
  const auto gpu = std::get<Lease::Granted>(world.state<Lease>("service-17")).grant;
  world.send<Gpu>(gpu_id(gpu.node_id, gpu.gpu_indices.front()), Gpu::ReportFault{"ECC"});
  world.run();
  CHECK(code_of(world, "17") == "gpu_fault");
  const bool was_stopped = std::ranges::any_of(world.log(), [](const RecordedEvent& recorded) {
    return std::holds_alternative<ServiceStopRequested>(recorded.event);
  });
  CHECK(was_stopped);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a node that is lost between grant and placement confirms nothing") {
  auto world = fleet(1);
  request(world, "17");
  const auto next = [](std::size_t) { return std::size_t{0}; };
  while (!std::holds_alternative<Lease::Granted>(world.state<Lease>("service-17")))
    REQUIRE(world.run_one(next));
  world.send<Node>("n1", Node::ReportLost{"power"});
  world.run();
  CHECK(code_of(world, "17") == "node_lost");
  CHECK_FALSE(end_of(world, "17")->is_confirmed);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a GPU that another has doesn't stop a service when it breaks") {
  auto world = with_running(1);
  const auto placement = placement_of(world, "17");
  world.send<Gpu>(gpu_id(placement.node_id, 1 - placement.gpu_indices.front()),
                  Gpu::ReportFault{"ECC"});
  world.run();
  CHECK(is<Service::Running>(world, "17"));
}

TEST_CASE("a service that ends by itself gives its lease back") {
  auto world = with_running();
  world.send<Service>("17", Service::ReportExited{placement_of(world, "17").fence, {}, 9});
  world.run();
  CHECK(code_of(world, "17") == "killed");
  CHECK(holds_no_lease(world, "17"));
  check_at_rest(world);
}

TEST_CASE("a service is stopped when it has been placed for its time") {
  auto world = with_running(1, 1, 15);
  world.pass_time(minutes(14));
  world.run();
  CHECK(is<Service::Running>(world, "17"));
  world.pass_time(minutes(1));
  world.run();
  CHECK(code_of(world, "17") == "time_limit");
  check_at_rest(world);
}

TEST_CASE("time that passes while nobody looks counts too, and waiting does not") {
  auto world = with_running(1, 2, 15);
  create(world, "18", 2, 15);
  world.pass_time(minutes(10));
  auto resumed = RuleWorld::after_crash(world, world.log().size());
  resumed.pass_time(minutes(5));
  resumed.run();
  CHECK(code_of(resumed, "17") == "time_limit");
  CHECK(is<Service::Running>(resumed, "18"));
  resumed.pass_time(minutes(14));
  resumed.run();
  CHECK(is<Service::Running>(resumed, "18"));
}

TEST_CASE("replicas of a group are made and run, and all of them end with it", "[golden]") {
  auto world = fleet(2);
  const auto first = world.log().size();
  request_group(world, 17, 2, 2);
  world.run();
  for (const auto* id : {"17", "18", "19", "20"}) CHECK(is<Service::Running>(world, id));
  CHECK(placement_of(world, "17").node_id == placement_of(world, "18").node_id);
  CHECK(placement_of(world, "19").node_id != placement_of(world, "17").node_id);
  world.send<ServiceGroup>("sg-17", ServiceGroup::Cancel{});
  world.run();
  for (const auto* id : {"17", "18", "19", "20"})
    CHECK(end_of(world, id)->outcome == ServiceOutcome::cancelled);
  CHECK(world.service_process().group_count() == 0);
  check_scenario("service_group", world, first);
}

TEST_CASE("a group that is cancelled before its replicas are there makes them, and ends them") {
  auto world = fleet(1);
  request_group(world, 17, 1, 2);
  world.send<ServiceGroup>("sg-17", ServiceGroup::Cancel{});
  world.run();
  for (const auto* id : {"17", "18"})
    CHECK(end_of(world, id)->outcome == ServiceOutcome::cancelled);
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("one replica that ends before they have a place takes the others with it") {
  auto world = with_running(1, 2);
  request_group(world, 18, 1, 2);
  world.run();
  CHECK(is<Service::Pending>(world, "18"));
  stop(world, "18");
  CHECK(code_of(world, "18") == "cancelled");
  CHECK(code_of(world, "19") == "group_incomplete");
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("one replica that ends later leaves the others running") {
  auto world = fleet(1);
  request_group(world, 17, 1, 2);
  world.run();
  stop(world, "17");
  CHECK(code_of(world, "17") == "cancelled");
  CHECK(is<Service::Running>(world, "18"));
  CHECK(world.service_process().group_count() == 1);
  check_at_rest(world);
}

TEST_CASE("a group one of whose ids is somebody else's ends") {
  auto world = fleet(2);
  create(world, "18");
  request_group(world, 17, 1, 2);
  world.run();
  CHECK(std::holds_alternative<ServiceGroup::Cancelled>(world.state<ServiceGroup>("sg-17")));
  CHECK(end_of(world, "17")->outcome == ServiceOutcome::cancelled);
  CHECK(is<Service::Running>(world, "18"));
}
