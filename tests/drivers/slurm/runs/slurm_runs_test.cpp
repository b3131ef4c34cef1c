#include "drivers/slurm/runs/slurm_runs.hpp"

#include <catch2/catch.hpp>

#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;
using namespace std::chrono_literals;

TEST_CASE(
    "what a job claims with is written, and its attempt is in the log, before Slurm is asked") {
  SlurmWorld world;
  world.order("7");
  world.settle();
  CHECK(world.sent.empty());  // Nobody has said yet that there is a Slurm.
  world.look();
  world.pass(101ms);
  CHECK(world.sent.empty());
  world.carry_out();
  REQUIRE(world.sent.size() == 1);
  CHECK(world.calls.empty());
  const auto file = world.directory("7.1").path() / "claim.1.json";
  const auto claim = read_record<ClaimOrder>(file);
  REQUIRE(claim.has_value());
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  world.deliver();
  REQUIRE(world.calls.size() == 1);
  CHECK(world.event_of<SlurmSubmitRequested>("7.1")->claim_digest ==
        digest_of_claim_secret(claim->secret));
  world.settle();
  CHECK(world.event_of<SlurmSubmitted>("7.1")->slurm_job_id == 1);
  CHECK(world.event_of<SlurmSubmitted>("7.1")->boot_time_s == 1'000);
  REQUIRE(world.slurm.orders.size() == 1);
  CHECK(world.slurm.orders[0].name == "7.1.1");
  CHECK(world.slurm.orders[0].nodes == std::vector<std::string>{"a1"});
  CHECK(world.slurm.orders[0].script.find("exec '/opt/orrery' claim --run '") != std::string::npos);
}

TEST_CASE("a run that has claimed is launched and ready, and its end is told once") {
  SlurmWorld world;
  world.bring_up("7");
  CHECK(world.is_running("7"));
  world.end_job("7.1.1", {3u, {}, "", ""});
  world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].exit_code == 3u);
  CHECK(world.event_of<SlurmRunEnded>("7.1")->end == SlurmEnd::exited);
  CHECK(world.directory("7.1").is_reported());
  CHECK_FALSE(std::filesystem::exists(world.directory("7.1").path() / "claim.1.json"));
  world.restart();
  world.settle_with_look();
  CHECK(world.ends["7"].size() == 1);
}

TEST_CASE("Slurm gets only so many that don't run yet") {
  SlurmWorld world;
  world.configuration.pending_max = 2;
  world.restart();
  for (const auto* id : {"1", "2", "3"}) world.order(id);
  world.settle_with_look();
  CHECK(world.slurm.jobs.size() == 2);
  world.run_job("1.1.1");
  world.settle_with_look();
  CHECK(world.slurm.jobs.size() == 3);
}

TEST_CASE("a submission whose answer was lost is found by its name, or made anew") {
  SlurmWorld world;
  world.order("7");
  world.look();
  world.pass(101ms);
  world.carry_out();
  world.deliver();
  SECTION("Slurm has it") {
    world.carry_out(false);
    world.settle_with_look();
    CHECK(world.event_of<SlurmSubmitted>("7.1")->slurm_job_id == 1);
  }
  SECTION("Slurm never heard of it") {
    world.slurm.is_up = false;
    world.carry_out(false);
    world.slurm.is_up = true;
    world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptLost>("7.1") == nullptr);
    world.settle_with_look();
    world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptLost>("7.1") != nullptr);
    CHECK(world.slurm.find("7.1.2") != nullptr);
  }
  SECTION("the driver was killed before it asked") {
    world.restart();
    world.tell("7");
    for (int i = 0; i < 4; ++i) world.settle_with_look();
    CHECK(world.slurm.find("7.1.1") == nullptr);
    CHECK(world.slurm.find("7.1.2") != nullptr);
  }
}

TEST_CASE(
    "an attempt is placed once it is seen past Slurm's next save, under the same controller") {
  SlurmWorld world;
  world.order("7");
  world.settle_with_look();
  world.settle_with_look();
  CHECK(world.event_of<SlurmAttemptPlaced>("7.1") == nullptr);
  SECTION("the controller is the same") {
    world.pass(10s);
    world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptPlaced>("7.1") != nullptr);
  }
  SECTION("it is another, which has saved it") {
    world.slurm.save();
    world.slurm.crash();
    world.pass(10s);
    world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptPlaced>("7.1") == nullptr);
    world.pass(10s);
    world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptPlaced>("7.1") != nullptr);
  }
  SECTION("it is another, and has forgotten the job") {
    world.slurm.crash();
    world.pass(10s);
    for (int i = 0; i < 3; ++i) world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptPlaced>("7.1") == nullptr);
    CHECK(world.event_of<SlurmAttemptLost>("7.1") != nullptr);
    REQUIRE(world.slurm.find("7.1.2") != nullptr);
    CHECK(world.slurm.find("7.1.2")->id == 1);  // The id of the lost one.
  }
}

TEST_CASE("what ended before it claimed is tried again, and no more than so often") {
  SlurmWorld world;
  world.configuration.attempts_max = 3;
  world.restart();
  world.order("7");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    world.settle_with_look();
    world.pass(3s);
    world.settle_with_look();
    auto* job = world.slurm.find("7.1." + std::to_string(attempt));
    REQUIRE(job != nullptr);
    job->state = SlurmJobState::node_fail;
  }
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK(world.slurm.jobs.size() == 3);
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].code == "slurm_would_not_run_it");
  CHECK(world.event_of<SlurmRunEnded>("7.1")->end == SlurmEnd::never_started);
}

TEST_CASE("what Slurm refuses has failed, in its words") {
  SlurmWorld world;
  world.slurm.refusal = "Requested node configuration is not available";
  world.order("7");
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].code == "slurm_refused");
  CHECK(world.ends["7"][0].message.find("not available") != std::string::npos);
}

TEST_CASE("what a job is fitted to is what Slurm is asked for") {
  SlurmWorld world;
  world.order("7");
  world.settle_with_look();
  REQUIRE(world.slurm.orders.size() == 1);
  CHECK(world.slurm.orders[0].partition == "gpu");
}

TEST_CASE("a start whose node is in no partition for a while waits until it is") {
  SlurmWorld world;
  world.partition.clear();
  world.order("7");
  for (int i = 0; i < 5; ++i) world.settle_with_look();
  CHECK(world.slurm.orders.empty());
  CHECK(world.ends["7"].empty());
  world.partition = "long";
  world.settle_with_look();
  REQUIRE(world.slurm.orders.size() == 1);
  CHECK(world.slurm.orders[0].name == "7.1.1");
  CHECK(world.slurm.orders[0].partition == "long");
}

TEST_CASE(
    "a start whose nodes Slurm has in no partition together has failed, and Slurm isn't asked") {
  SlurmWorld world;
  world.misfit = LaunchFailure{"no_partition", "No partition of Slurm has a1, b1."};
  world.order("7");
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].code == "no_partition");
  CHECK(world.slurm.orders.empty());
}

TEST_CASE("a start on a node that Slurm doesn't have has failed") {
  SlurmWorld world;
  auto start = SlurmWorld::start_of("7", 1, {});
  start.node_id = "elsewhere";
  world.services["7"] = Service::Placed{{}, {"lease", "elsewhere", {}, 1}};
  world.driver->start(start);
  world.settle();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].code == "node_is_unknown");
}

TEST_CASE("a run is withdrawn before it is ended") {
  SlurmWorld world;
  SECTION("it waits in Slurm") {
    world.order("7");
    world.settle_with_look();
    world.order_end("7");
    REQUIRE(world.sent.size() == 1);
    CHECK(world.slurm.cancelled.empty());
    world.settle_with_look();
    CHECK(world.slurm.cancelled == std::vector<std::string>{"7.1.1"});
    CHECK(world.ends["7"].empty());  // Until Slurm shows that nothing is left.
    CHECK_FALSE(world.run_job("7.1.1"));
  }
  SECTION("it runs") {
    world.bring_up("7");
    world.order_end("7");
    CHECK_FALSE(world.directory("7.1").stop().has_value());
    world.settle_with_look();
    CHECK(world.directory("7.1").stop()->grace_period_s == 1);
    CHECK(world.slurm.signalled == std::vector<std::string>{"7.1.1"});
    SECTION("and ends as it was told") { world.end_job("7.1.1", {{}, 15u, "", ""}); }
    SECTION("and is cancelled once that didn't help") {
      world.pass(7s);
      world.settle_with_look();
      CHECK(world.slurm.cancelled == std::vector<std::string>{"7.1.1"});
      world.settle_with_look();
      world.pass(6s);
    }
  }
  SECTION("nobody knows of it") {
    world.services["7"] = Service::Stopping{{}, {"lease", "slurm-a1", {}, 1}};
    world.tell("7");
  }
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK(world.ends["7"].size() == 1);
  CHECK(world.slurm.live_count() == 0);
  CHECK(world.driver->living().empty());
}

TEST_CASE("the grace period begins once somebody can hear that it has") {
  SlurmWorld world;
  world.bring_up("7");
  world.slurm.is_up = false;
  world.look();
  world.order_end("7");
  world.settle_with_look();
  world.pass(60s);
  world.settle_with_look();
  world.slurm.is_up = true;
  world.settle_with_look();
  CHECK(world.slurm.signalled == std::vector<std::string>{"7.1.1"});
  CHECK(world.slurm.cancelled.empty());
  world.pass(7s);
  world.settle_with_look();
  CHECK(world.slurm.cancelled == std::vector<std::string>{"7.1.1"});
}

TEST_CASE("a stop that is told again changes nothing of what was written") {
  SlurmWorld world;
  world.bring_up("7");
  world.order_end("7");
  world.settle_with_look();
  const auto file = world.directory("7.1").path() / "stop.json";
  const auto long_ago = std::filesystem::file_time_type::clock::now() - 1h;
  std::filesystem::last_write_time(file, long_ago);
  world.restart();
  world.tell("7");
  world.settle_with_look();
  CHECK(std::filesystem::last_write_time(file) == long_ago);
}

TEST_CASE("the time to get ready goes on while there is no driver") {
  SlurmWorld world;
  ServiceRequested request;
  request.specification.launch.command = {"sleep", "1000"};
  request.specification.launch.start_timeout_s = 600;
  request.specification.launch.probe_path = "/health";
  world.services["7"] = Service::Placed{request, {"lease", "slurm-a1", {0}, 1}};
  world.tell("7");
  world.settle_with_look();
  world.run_job("7.1.1");
  const auto file = world.directory("7.1").path() / "process.json";
  const auto age = GENERATE(1min, 11min);
  CAPTURE(age.count());
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
  world.restart();
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  const auto stop = world.directory("7.1").stop();
  CHECK(stop.has_value() == (age == 11min));
  if (stop) CHECK(stop->code == "start_timeout");
}

TEST_CASE("an attempt that was given up and comes late is refused and cancelled") {
  SlurmWorld world;
  world.order("7");
  world.settle_with_look();
  const auto late = world.slurm.jobs.front();
  world.slurm.jobs.clear();
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  REQUIRE(world.slurm.find("7.1.2") != nullptr);
  world.slurm.jobs.push_back({99, late.name, SlurmJobState::pending, "None"});
  world.settle_with_look();
  CHECK(world.slurm.cancelled == std::vector<std::string>{late.name});
  CHECK_FALSE(world.claim("7.1", 1, 99));
  CHECK(world.claim("7.1", 2, 1));
}

TEST_CASE("jobs of others are left alone, whatever their names") {
  SlurmWorld world;
  for (const auto* name : {"training", "9.1.1", "a.b.c", ".1.1"})
    world.slurm.jobs.push_back({world.slurm.next_id++, name, SlurmJobState::running, "None"});
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK(world.slurm.cancelled.empty());
  CHECK(world.driver->use().empty());
}

TEST_CASE("another driver goes on where the last one was killed") {
  SlurmWorld world;
  world.bring_up("7");
  const auto orders = world.slurm.orders.size();
  world.restart();
  world.settle_with_look();
  CHECK(world.is_running("7"));
  CHECK(world.slurm.orders.size() == orders);
  CHECK(world.driver->use().at("a1").gpu_count == 1);
  SECTION("its end is seen") { world.end_job("7.1.1", {0u, {}, "", ""}); }
  SECTION("its end was seen, and nobody heard of it") {
    world.end_job("7.1.1", {0u, {}, "", ""});
    world.look();
    world.pass(101ms);
    world.deliver();
    world.restart();
  }
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].exit_code == 0u);
}

TEST_CASE("who starts anew waits until nothing of the older start is left") {
  SlurmWorld world;
  world.bring_up("7");
  world.order("7", 2);
  world.settle_with_look();
  CHECK(world.slurm.find("7.2.1") == nullptr);
  world.end_job("7.1.1", {{}, 15u, "", ""});
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.slurm.find("7.2.1") != nullptr);
}

TEST_CASE("a run whose service is gone is ended") {
  SlurmWorld world;
  world.order("7");
  world.settle_with_look();
  world.services["7"] = Service::Ended{};
  world.run_job("7.1.1");
  world.settle_with_look();
  world.settle_with_look();
  CHECK(world.slurm.signalled == std::vector<std::string>{"7.1.1"});
}

TEST_CASE("while Slurm doesn't answer, what is ordered waits") {
  SlurmWorld world;
  world.settle_with_look();
  world.slurm.is_up = false;
  world.look();
  world.order("7");
  world.settle_with_look();
  CHECK(world.streams["7.1"].index() == 0);
  world.slurm.is_up = true;
  world.settle_with_look();
  CHECK(world.slurm.find("7.1.1") != nullptr);
}

TEST_CASE("what was planned, and never requested, is removed after a day") {
  SlurmWorld world;
  const auto plan = [&](const std::string& name) {
    world.directory(name).make();
    world.directory(name).write(LaunchPlan{});
    return world.directory(name).path();
  };
  const auto young = plan("7.1");
  const auto old = plan("8.1");
  const auto begun = plan("9.1");
  world.directory("9.1").write(ProcessRecord{"boot", {1, 1}, {2, 2}});
  for (const auto& path : {old, begun})
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 25h);
  world.restart();
  CHECK(std::filesystem::exists(young));
  CHECK_FALSE(std::filesystem::exists(old));
  CHECK(std::filesystem::exists(begun));
}
