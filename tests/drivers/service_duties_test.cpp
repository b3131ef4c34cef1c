#include <catch2/catch.hpp>

#include "drivers/driver_duties.hpp"

using namespace orrery;

namespace {

struct ServiceDutiesFixture {
  DriverDuties duties;
  Position position = 0;

  void event(const std::string& stream, Event event) {
    duties.apply({++position, stream, 1, Time{}, Origin{"test", 0, "request-1"}, std::move(event)});
  }
  void node(const std::string& id, NodeDriver driver = NodeDriver::simulated) {
    event("node/" + id, NodeRegistered{"ai-factory", "", 0, 8, 16'384, driver});
    event("node/" + id, NodeBecameReady{});
  }
  void placed(const std::string& node_id = "n1") {
    ServiceRequested request;
    request.specification.name = "vllm-17";
    request.specification.launch.grace_period_s = 5;
    request.replica = ServiceReplica{"sg-16", 1, 0, 2};
    event("service/17", request);
    event("service/17", ServicePlaced{"service-17", node_id, {1}, 7});
  }
};

template <class Message>
Message only(const std::vector<DriverOrder>& owed, NodeDriver driver = NodeDriver::simulated) {
  REQUIRE(owed.size() == 1);
  CHECK(owed.front().driver == driver);
  return std::get<Message>(owed.front().message);
}

}  // namespace

TEST_CASE("a placed service is to be started until it is ready") {
  ServiceDutiesFixture fixture;
  fixture.node("n1");
  fixture.placed();
  const auto start = only<StartService>(fixture.duties.due());
  CHECK(start.service_id == "17");
  CHECK(start.node_id == "n1");
  CHECK(start.gpu_indices == std::vector<std::uint32_t>{1});
  CHECK(start.fence == 7);
  CHECK(start.specification.name == "vllm-17");
  CHECK(start.replica->index == 1);
  CHECK(start.origin.correlation == "request-1");
  fixture.event("service/17", ServiceBuildBegan{});
  fixture.event("service/17", ServiceLaunched{"n1", 8'001});
  CHECK(fixture.duties.due().empty());
  only<StartService>(fixture.duties.resume());
  fixture.event("service/17", ServiceBecameReady{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a service that waits, or never had a place, is no driver's business") {
  ServiceDutiesFixture fixture;
  fixture.event("service/17", ServiceRequested{});
  CHECK(fixture.duties.due().empty());
  fixture.event("service/17", ServiceEnded{});
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a service that is being stopped is to be stopped until it has ended") {
  ServiceDutiesFixture fixture;
  fixture.node("n1");
  fixture.placed();
  fixture.event("service/17", ServiceStopRequested{});
  const auto stop = only<StopService>(fixture.duties.due());
  CHECK(stop.fence == 7);
  CHECK(stop.grace_period_s == 5);
  only<StopService>(fixture.duties.resume());
  fixture.event("service/17", ServiceEnded{});
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a service that ended with its node is to be stopped there until the node is back") {
  ServiceDutiesFixture fixture;
  fixture.node("n1");
  fixture.placed();
  (void)fixture.duties.resume();
  fixture.event("node/n1", NodeLost{"power"});
  ServiceEnded lost;
  lost.is_confirmed = false;
  fixture.event("service/17", lost);
  CHECK(fixture.duties.due().size() == 2);  // The node is to be booted as well.
  CHECK(fixture.duties.resume().size() == 2);
  fixture.event("node/n1", NodeBecameReady{});
  CHECK(only<StopService>(fixture.duties.due()).fence == 7);
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a service that ended with its node is to be stopped though the node is back at once") {
  ServiceEnded lost;
  lost.is_confirmed = false;
  for (const bool is_back_first : {false, true}) {
    ServiceDutiesFixture fixture;
    fixture.node("n1");
    fixture.placed();
    (void)fixture.duties.resume();
    fixture.event("node/n1", NodeLost{"power"});
    if (is_back_first) fixture.event("node/n1", NodeBecameReady{});
    fixture.event("service/17", lost);
    if (!is_back_first) fixture.event("node/n1", NodeBecameReady{});
    CHECK(only<StopService>(fixture.duties.due()).service_id == "17");
    CHECK(fixture.duties.resume().empty());
  }
}

TEST_CASE("what is owed goes to the driver of the node") {
  ServiceDutiesFixture fixture;
  fixture.event("node/here", NodeRegistered{"local", "", 0, 8, 16'384, NodeDriver::local_process});
  only<BootNode>(fixture.duties.due(), NodeDriver::local_process);
  fixture.event("node/here", NodeBecameReady{});
  fixture.placed("here");
  only<StartService>(fixture.duties.due(), NodeDriver::local_process);
  fixture.event("service/17", ServiceStopRequested{});
  only<StopService>(fixture.duties.due(), NodeDriver::local_process);
}

TEST_CASE("duties for services survive a snapshot") {
  ServiceDutiesFixture fixture;
  fixture.node("here", NodeDriver::local_process);
  fixture.placed("here");
  std::string saved;
  fixture.duties.save(saved);
  DriverDuties loaded;
  loaded.load(saved);
  CHECK(only<StartService>(loaded.resume(), NodeDriver::local_process).fence == 7);
}
