#include <catch2/catch.hpp>

#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

/// A service that is asked whether it is ready, and has so long for that.
struct ProbedWorld : SlurmWorld {
  explicit ProbedWorld(std::uint32_t start_timeout_s = 0) {
    ServiceRequested request;
    auto& launch = request.specification.launch;
    launch.command = {"serve"};
    launch.ports = {8'000};
    launch.grace_period_s = 1;
    launch.probe_path = "/healthz";
    launch.probe_interval_ms = 2'000;
    launch.start_timeout_s = start_timeout_s;
    services["7"] = Service::Placed{request, {"lease", "slurm-a1", {0}, 1}};
    tell("7");
    bring_up_run("7.1");
  }

  /// The probe under way is answered.
  void answer_probe(bool is_ready) {
    REQUIRE(probes.erase("7.1") == 1);
    driver->take_probe("7.1", is_ready);
    settle();
  }
};

}  // namespace

TEST_CASE("a service is asked at its node until it is ready, and then no more") {
  ProbedWorld world;
  REQUIRE(world.probes.contains("7.1"));
  const auto port = world.directory("7.1").launch()->ports.front();
  CHECK(world.probes["7.1"] == "http://127.0.0.1:" + std::to_string(port) + "/healthz");
  CHECK_FALSE(world.is_running("7"));
  world.answer_probe(false);
  CHECK_FALSE(world.probes.contains("7.1"));  // Not before its interval is over.
  world.pass(2s);
  world.settle();
  REQUIRE(world.probes.contains("7.1"));
  world.answer_probe(true);
  CHECK(world.is_running("7"));
  CHECK(world.directory("7.1").is_marked(ServiceStage::running));
  world.pass(10s);
  world.settle_with_look();
  CHECK_FALSE(world.probes.contains("7.1"));
}

TEST_CASE("another driver asks again, or knows that it was ready") {
  ProbedWorld world;
  SECTION("it wasn't") {
    world.restart();
    world.tell("7");
    world.settle_with_look();
    CHECK(world.probes.contains("7.1"));
  }
  SECTION("it was, and nobody heard of it") {
    world.probes.clear();
    world.driver->take_probe("7.1", true);
    world.restart();
    world.tell("7");
    world.settle_with_look();
    CHECK(world.is_running("7"));
    CHECK_FALSE(world.probes.contains("7.1"));
  }
}

TEST_CASE("nobody asks a service any more that has ended") {
  ProbedWorld world;
  REQUIRE(world.probes.contains("7.1"));
  world.end_job("7.1.1", {1u, {}, "", ""}, SlurmJobState::failed);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.ends["7"].size() == 1);
  CHECK_FALSE(world.probes.contains("7.1"));
  world.driver->take_probe("7.1", true);  // An answer that was on its way.
  world.settle();
  CHECK(world.ends["7"].size() == 1);
}

TEST_CASE("a service that isn't ready in time is ended, and has failed") {
  ProbedWorld world(30);
  world.pass(29s);
  world.settle_with_look();
  CHECK_FALSE(world.directory("7.1").stop().has_value());
  SECTION("it is ready just before") {
    world.answer_probe(true);
    world.pass(60s);
    world.settle_with_look();
    CHECK(world.is_running("7"));
    CHECK_FALSE(world.directory("7.1").stop().has_value());
  }
  SECTION("it isn't") {
    world.pass(2s);
    world.settle_with_look();
    REQUIRE(world.directory("7.1").stop().has_value());
    CHECK(world.directory("7.1").stop()->code == "start_timeout");
    CHECK(world.slurm.signalled == std::vector<std::string>{"7.1.1"});
    world.end_job("7.1.1", {{}, 15u, "", ""});
    for (int i = 0; i < 2; ++i) world.settle_with_look();
    REQUIRE(world.ends["7"].size() == 1);
    CHECK(world.ends["7"][0].code == "start_timeout");
  }
}
