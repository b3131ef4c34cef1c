#include <csignal>

#include <catch2/catch.hpp>

#include "tests/support/control_plane_fixture.hpp"

using namespace orrery;
using Names = std::vector<std::string>;

namespace {

/// Batch jobs on real actors, with the simulated driver and a virtual clock. No policy is set, so
/// the tests are the scheduler.
struct JobFixture : ControlPlaneFixture {
  JobFixture() {
    ask<Cluster>("aicenter",
                 Cluster::Declare{{"aicenter", WhenFull::refuse, PlacementStrategy::pack}});
    for (const std::string id : {"n1", "n2"})
      ask<Node>(id, Node::Register{{"aicenter", "a100", 4, 80, 163'840}});
    run_for(std::chrono::seconds(1));
  }

  void submit(const std::string& id, JobRehearsal rehearsal) {
    JobSubmitted request;
    auto& job = request.specification;
    job.cluster = "aicenter";
    job.user = "kim";
    job.account = "vision";
    job.partitions = {"p1"};
    job.name = "train";
    job.resources.node_count = 2;
    job.resources.gpu_model = "a100";
    job.resources.gpus_per_node = 2;
    job.resources.memory_mib_per_node = 1'024;
    job.time_limit_min = 60;
    job.rehearsal = std::move(rehearsal);
    REQUIRE_FALSE(ask<Job>(id, Job::Submit{request})->rejection);
  }
  void schedule(const std::string& id, std::uint32_t attempt = 1) {
    const JobScheduled decision{attempt, "p1", {"n1", "n2"}, 60, false};
    REQUIRE_FALSE(ask<Job>(id, Job::Schedule{decision})->rejection);
  }
  std::string last(const std::string& id) const { return facts("job/" + id).back(); }
  std::optional<JobExited> exit_of(const std::string& id) const {
    std::optional<JobExited> exit;
    (void)memory_log.read_stream("job/" + id, 1, [&](const StoredEvent& stored) {
      const auto recorded = record(stored);
      if (const auto* exited = std::get_if<JobExited>(&recorded.event)) exit = *exited;
      return true;
    });
    return exit;
  }
};

}  // namespace

TEST_CASE("a rehearsed job runs on the nodes that it was sent to, and gives them back") {
  JobFixture fixture;
  fixture.submit("5", {120, 3, {{60, 10}}});
  fixture.schedule("5");
  fixture.run_for(std::chrono::seconds(2));
  CHECK(fixture.facts("job/5") ==
        Names{"job.submitted", "job.scheduled", "job.allocated", "job.started"});
  fixture.run_for(std::chrono::seconds(60));
  CHECK(fixture.last("5") == "job.utilisation_changed");
  fixture.run_for(std::chrono::seconds(61));
  CHECK(fixture.last("5") == "job.ended");
  CHECK(fixture.exit_of("5") == JobExited{3, {}, true, ""});
  CHECK(fixture.facts("lease/job-5.1.0").back() == "lease.released");
  CHECK(fixture.facts("lease/job-5.1.1").back() == "lease.released");
}

TEST_CASE("a job that is cancelled ends with its driver's word, and one that dies by a signal") {
  JobFixture fixture;
  fixture.submit("5", {});
  fixture.submit("6", {});
  fixture.schedule("5");
  fixture.schedule("6");
  fixture.run_for(std::chrono::seconds(2));
  fixture.ask<Job>("5", Job::Stop{{JobStopReason::cancelled, 0, "kim", false}});
  CHECK(fixture.last("5") == "job.stop_requested");
  fixture.ask<Job>("6", Job::Signal{{SIGUSR1, false}});
  CHECK(fixture.last("6") == "job.signalled");
  fixture.ask<Job>("6", Job::Signal{{SIGINT, false}});
  fixture.run_for(std::chrono::seconds(6));
  CHECK(fixture.exit_of("5") == JobExited{{}, SIGTERM, true, ""});
  CHECK(fixture.exit_of("6") == JobExited{{}, SIGINT, true, ""});
  CHECK(fixture.last("5") == "job.ended");
  CHECK(fixture.last("6") == "job.ended");
}

TEST_CASE("a job goes on through a restart of its driver, and ends when it would have") {
  JobFixture fixture;
  fixture.submit("5", {120, 0, {}});
  fixture.schedule("5");
  fixture.run_for(std::chrono::seconds(31));
  for (const auto& hand : {fixture.duties, fixture.driver})
    caf::anon_send_exit(hand, caf::exit_reason::kill);
  fixture.run_for(std::chrono::seconds(30));
  fixture.driver = spawn_simulated_driver(fixture.system, fixture.plane.bus(), {}, &fixture.clock);
  fixture.duties =
      spawn_driver_duties(fixture.system, fixture.plane.log_access(), {fixture.driver, {}, {}});
  fixture.run_for(std::chrono::seconds(58));
  CHECK(fixture.last("5") == "job.started");
  fixture.run_for(std::chrono::seconds(4));
  CHECK(fixture.last("5") == "job.ended");
  CHECK(fixture.exit_of("5") == JobExited{0, {}, true, ""});
}

TEST_CASE("a job whose node is lost ends without its driver's word") {
  JobFixture fixture;
  fixture.submit("5", {});
  fixture.schedule("5");
  fixture.run_for(std::chrono::seconds(2));
  caf::anon_send(fixture.driver, LoseNode{"n1", "power"});
  fixture.run_for(std::chrono::seconds(2));
  REQUIRE(fixture.exit_of("5"));
  CHECK_FALSE(fixture.exit_of("5")->is_confirmed);
  CHECK(fixture.last("5") == "job.requeued");
}
