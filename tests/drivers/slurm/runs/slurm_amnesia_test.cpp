#include <catch2/catch.hpp>

#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;
using namespace std::chrono_literals;

TEST_CASE("Slurm's word counts where a run left none itself") {
  const auto end_in = [](SlurmJobState state, std::chrono::seconds patience = 6s) {
    SlurmWorld world;
    world.bring_up("7");
    world.slurm.find("7.1.1")->state = state;
    world.settle_with_look();
    world.pass(patience - 2s);
    world.settle_with_look();
    CHECK(world.ends["7"].empty());  // The record may be on its way.
    world.pass(2s);
    world.settle_with_look();
    REQUIRE(world.ends["7"].size() == 1);
    return world.ends["7"][0].code;
  };
  CHECK(end_in(SlurmJobState::timeout) == "time_limit");
  CHECK(end_in(SlurmJobState::preempted) == "preempted");
  CHECK(end_in(SlurmJobState::node_fail) == "node_failed");
  CHECK(end_in(SlurmJobState::cancelled) == "cancelled_in_slurm");
  CHECK(end_in(SlurmJobState::out_of_memory) == "out_of_memory");
  CHECK(end_in(SlurmJobState::failed, 61s) == "supervisor_lost");
  CHECK(end_in(SlurmJobState::completed, 61s) == "exited");  // Its script has ended well.
}

TEST_CASE("a record that comes late is what counts, and is never written over") {
  SlurmWorld world;
  world.bring_up("7");
  world.slurm.find("7.1.1")->state = SlurmJobState::failed;
  world.settle_with_look();
  world.pass(45s);  // As a network file system shows it.
  world.settle_with_look();
  CHECK(world.ends["7"].empty());
  world.directory("7.1").write(ExitRecord{3u, {}, "", ""});
  world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].exit_code == 3u);
  world.directory("7.1").write(ExitRecord{0u, {}, "", ""});
  CHECK(world.directory("7.1").exit()->exit_code == 3u);
}

TEST_CASE("a run that was claimed and is forgotten by Slurm is not started again") {
  SlurmWorld world;
  world.bring_up("7");
  world.slurm.crash();
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  world.pass(6s);
  world.settle_with_look();
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].code == "lost_in_slurm");
  CHECK(world.slurm.orders.size() == 1);
}

TEST_CASE("a job that Slurm forgets after its claim goes back into the queue, if it may") {
  SlurmWorld world;
  const bool may_requeue = GENERATE(true, false);
  CAPTURE(may_requeue);
  world.order_job("5", may_requeue);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  REQUIRE(world.run_job("job-5.1.1"));
  world.settle_with_look();
  world.slurm.crash();
  SECTION("nothing is left of it") {}
  SECTION("its command was killed before what looked after it") {
    world.end_job("job-5.1.1", {{}, 9u, "", ""});
  }
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  world.pass(6s);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.has_gone_back("5") == may_requeue);
  const auto* exited = std::get_if<Job::Exited>(&world.jobs["5"]);
  REQUIRE(exited != nullptr);
  CHECK(exited->stop->reason == JobStopReason::node_failed);
}

TEST_CASE("a job that Slurm cancels because it had forgotten that it runs goes back") {
  SlurmWorld world;
  world.order_job("5");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  world.slurm.save();  // As it waits.
  REQUIRE(world.run_job("job-5.1.1"));
  world.settle_with_look();
  const bool is_crashed = GENERATE(true, false);
  CAPTURE(is_crashed);
  if (is_crashed) {
    world.slurm.crash();
    const bool is_seen_to_wait = GENERATE(true, false);
    if (is_seen_to_wait) world.settle_with_look();
  }
  world.end_job("job-5.1.1", {{}, 15u, "", ""}, SlurmJobState::cancelled);
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  world.pass(6s);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(world.has_gone_back("5") == is_crashed);  // Else it was somebody's wish.
  CHECK(std::holds_alternative<Job::Exited>(world.jobs["5"]));
}

TEST_CASE("a job that ended by itself has, though Slurm has forgotten it") {
  SlurmWorld world;
  world.order_job("5");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  REQUIRE(world.run_job("job-5.1.1"));
  world.end_job("job-5.1.1", {3u, {}, "", ""});
  world.slurm.crash();
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  world.pass(6s);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  const auto* exited = std::get_if<Job::Exited>(&world.jobs["5"]);
  REQUIRE(exited != nullptr);
  CHECK_FALSE(exited->stop.has_value());
  CHECK(exited->exit.exit_code == 3u);
}

TEST_CASE("a run that Slurm has forgotten and that goes on is told to end before it is over") {
  SlurmWorld world;
  world.order_job("5");
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  REQUIRE(world.run_job("job-5.1.1"));
  auto lock = world.directory("job-5.1").take_lock();
  REQUIRE(lock.has_value());
  world.settle_with_look();
  const bool is_node_down = GENERATE(false, true);
  if (is_node_down)
    world.slurm.find("job-5.1.1")->state = SlurmJobState::node_fail;
  else
    world.slurm.crash();
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  world.pass(6s);
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK_FALSE(world.directory("job-5.1").stop().has_value());  // It may end by itself.
  world.pass(61s);
  for (int i = 0; i < 3; ++i) world.settle_with_look();
  CHECK(std::holds_alternative<Job::Active>(world.jobs["5"]));
  REQUIRE(world.directory("job-5.1").stop().has_value());
  SECTION("by the same driver") {}
  SECTION("by another") {
    world.restart();
    world.tell_job("5");
  }
  const bool ends_well = GENERATE(false, true);
  CAPTURE(is_node_down, ends_well);
  world.directory("job-5.1").write(ends_well ? ExitRecord{0u, {}, "", ""}
                                             : ExitRecord{{}, 15u, "", ""});
  lock.reset();
  for (int i = 0; i < 4; ++i) world.settle_with_look();
  world.pass(6s);
  for (int i = 0; i < 2; ++i) world.settle_with_look();
  CHECK(std::holds_alternative<Job::Exited>(world.jobs["5"]));
  CHECK(world.has_gone_back("5") == !ends_well);
}

TEST_CASE("an end that a killed controller didn't save is told by the run's own record") {
  SlurmWorld world;
  world.bring_up("7");
  world.slurm.save();
  world.end_job("7.1.1", {3u, {}, "", ""});
  world.slurm.crash();
  REQUIRE(world.slurm.find("7.1.1")->state == SlurmJobState::running);
  world.settle_with_look();
  CHECK(world.ends["7"].empty());  // The node may tell it yet.
  for (int i = 0; i < 3; ++i) {
    world.pass(10s);
    world.settle_with_look();
  }
  REQUIRE(world.ends["7"].size() == 1);
  CHECK(world.ends["7"][0].exit_code == 3u);
  CHECK(world.event_of<SlurmRunEnded>("7.1")->end == SlurmEnd::exited);
  CHECK(world.slurm.live_count() == 0);
}
