#include <catch2/catch.hpp>

#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;
using namespace std::chrono_literals;

TEST_CASE("looks while a submission is under way say nothing of it") {
  SlurmWorld world;
  world.order("7");
  world.look();
  world.pass(101ms);
  world.carry_out();
  world.deliver();
  for (int i = 0; i < 3; ++i) world.look();
  SECTION("Slurm answers at last") { world.carry_out(); }
  SECTION("its answer is lost") { world.carry_out(false); }
  while (world.deliver()) continue;
  CHECK(world.event_of<SlurmAttemptLost>("7.1") == nullptr);
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK(world.event_of<SlurmAttemptLost>("7.1") == nullptr);
  CHECK(world.slurm.orders.size() == 1);
}

TEST_CASE("what Slurm never had is tried for as long as it is wanted, and its words are kept") {
  SlurmWorld world;
  world.configuration.attempts_max = 3;
  world.restart();
  world.order("7");
  for (int attempt = 1; attempt <= 6; ++attempt) {
    while (world.calls.empty() || !std::holds_alternative<SubmitCall>(world.calls.front())) {
      world.carry_out();  // Whatever comes before.
      world.look();
      world.pass(30s);
      while (world.deliver()) continue;
    }
    world.slurm.is_up = false;
    world.carry_out(false);
    world.slurm.is_up = true;
  }
  CHECK(world.ends["7"].empty());
  CHECK(world.event_of<SlurmAttemptLost>("7.1")->reason == "Nobody answers.");
  world.settle_with_look();
  world.pass(61s);
  for (int i = 0; i < 5; ++i) world.settle_with_look();
  world.pass(61s);
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK(world.slurm.live_count() == 1);
}

TEST_CASE("a job whose node Slurm gives to nobody goes back into the queue, if it may") {
  SlurmWorld world;
  world.order_job("5");
  world.order_job("6", false);
  world.order("7");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  REQUIRE(world.slurm.live_count() == 3);
  world.slurm.hold_back("ReqNodeNotAvail, UnavailableNodes:a1");
  world.settle_with_look();
  world.pass(20s);
  SECTION("it is given again soon") {
    world.slurm.hold_back("Resources");
    world.settle_with_look();
    world.pass(20s);
    for (int i = 0; i < 3; ++i) world.settle_with_look();
    CHECK(world.slurm.live_count() == 3);
    return;
  }
  world.settle_with_look();
  CHECK(world.slurm.live_count() == 3);
  world.pass(20s);
  for (int i = 0; i < 4; ++i) world.settle_with_look();
  CHECK(world.has_gone_back("5"));
  CHECK_FALSE(world.claim("job-5.1", 1, 1));
  CHECK(world.event_of<SlurmRunEnded>("job-5.1")->end == SlurmEnd::never_started);
  // These wait for their node.
  CHECK(std::holds_alternative<Job::Active>(world.jobs["6"]));
  CHECK(world.ends["7"].empty());
  CHECK(world.slurm.live_count() == 2);
  world.slurm.hold_back("None");
  CHECK(world.run_job("job-6.1.1"));
  CHECK(world.run_job("7.1.1"));
}

TEST_CASE("a job whose place others have taken goes back into the queue") {
  SlurmWorld world;
  world.order_job("5");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  world.slurm.hold_back("Resources");
  world.settle_with_look();
  world.pass(60s);
  for (int i = 0; i < 4; ++i) world.settle_with_look();
  CHECK(world.slurm.live_count() == 1);
  world.pass(40s);
  for (int i = 0; i < 4; ++i) world.settle_with_look();
  CHECK(world.has_gone_back("5"));
  CHECK(world.slurm.live_count() == 0);
}

TEST_CASE("what waits for a node that is away takes nobody's place in Slurm's queue") {
  SlurmWorld world;
  world.configuration.pending_max = 1;
  world.restart();
  world.order("7");
  world.order("8");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.slurm.find("8.1.1") == nullptr);
  world.slurm.hold_back("ReqNodeNotAvail, UnavailableNodes:a1");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.slurm.find("8.1.1") != nullptr);
}

TEST_CASE("what Slurm takes and would never run has failed, in its words") {
  SlurmWorld world;
  world.order("7");
  world.settle_with_look();
  world.slurm.hold_back("PartitionTimeLimit");
  world.settle_with_look();
  CHECK(world.ends["7"].empty());
  world.pass(61s);
  for (int i = 0; i < 4; ++i) world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].code == "slurm_refused");
  CHECK(world.ends["7"][0].message.find("PartitionTimeLimit") != std::string::npos);
  CHECK(world.slurm.live_count() == 0);
  CHECK_FALSE(world.claim("7.1", 1, 1));
}

TEST_CASE("a job that runs and doesn't reach the server is given up") {
  SlurmWorld world;
  world.order("7");
  world.settle_with_look();
  world.slurm.find("7.1.1")->state = SlurmJobState::running;
  world.settle_with_look();
  world.pass(4min);
  world.settle_with_look();
  CHECK(world.event_of<SlurmAttemptLost>("7.1") == nullptr);
  SECTION("it doesn't reach it") {
    world.pass(2min);
    for (int i = 0; i < 3; ++i) world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptLost>("7.1")->reason.find(world.configuration.server_url) !=
          std::string::npos);
    CHECK(has_ended(world.slurm.find("7.1.1")->state));
    CHECK(world.slurm.find("7.1.2") != nullptr);
  }
  SECTION("it claims at the last moment") {
    CHECK(world.claim("7.1", 1, 1));
    world.pass(2min);
    for (int i = 0; i < 3; ++i) world.settle_with_look();
    CHECK(world.event_of<SlurmAttemptLost>("7.1") == nullptr);
    CHECK(world.slurm.cancelled.empty());
  }
}
