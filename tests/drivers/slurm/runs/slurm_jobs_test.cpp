#include <csignal>

#include <catch2/catch.hpp>

#include "drivers/slurm/claim/signal_orders.hpp"
#include "tests/drivers/slurm/runs/slurm_world.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

/// A job that runs, and has been seen.
struct JobWorld : SlurmWorld {
  JobWorld() {
    order_job("5");
    bring_up_run("job-5.1");
  }

  SignalJob signal(std::uint64_t number, int which, bool to_script_only = false) const {
    return {"5", "slurm-a1", 1, number, static_cast<std::uint32_t>(which), to_script_only, {}};
  }
  StopJob stop(std::uint32_t grace_period_s, int signal = 0) const {
    return {"5",
            "slurm-a1",
            1,
            grace_period_s,
            static_cast<std::uint32_t>(signal),
            JobStopReason::cancelled,
            {}};
  }
  void end(const ExitRecord& exit, SlurmJobState state = SlurmJobState::completed) {
    end_job("job-5.1.1", exit, state);
    for (int i = 0; i < 3; ++i) settle_with_look();
  }
  std::vector<SignalOrder> told() const { return read_signal_orders(directory("job-5.1")).told; }
};

}  // namespace

TEST_CASE("a job that has claimed has started, and its exit is told once") {
  JobWorld world;
  CHECK(world.report_of_job<Job::ReportStarted>("5")->fence == 1);
  world.end({3u, {}, "", ""}, SlurmJobState::failed);
  const auto* exited = world.report_of_job<Job::ReportExited>("5");
  REQUIRE(exited != nullptr);
  CHECK(exited->exit.exit_code == 3u);
  CHECK(exited->exit.failure.empty());
  CHECK(world.job_reports["5"].size() == 2);
  CHECK_FALSE(std::filesystem::exists(world.directory("job-5.1").path() / "launch.json"));
}

TEST_CASE("why Slurm ended a job is told before its exit") {
  JobWorld world;
  const auto reason_of = [&](SlurmJobState state) {
    world.end({{}, 15u, "", ""}, state);
    const auto* stop = world.report_of_job<Job::Stop>("5");
    REQUIRE(stop != nullptr);
    CHECK(stop->attempt == 1);
    CHECK(world.report_of_job<Job::ReportExited>("5")->exit.signal == 15u);
    return stop->request.reason;
  };
  SECTION("its time") { CHECK(reason_of(SlurmJobState::timeout) == JobStopReason::time_limit); }
  SECTION("others") { CHECK(reason_of(SlurmJobState::preempted) == JobStopReason::preempted); }
  SECTION("somebody") { CHECK(reason_of(SlurmJobState::cancelled) == JobStopReason::cancelled); }
}

TEST_CASE("a job that could not be started says why") {
  JobWorld world;
  world.end({{}, {}, "start_failed", "Its command can't be run."}, SlurmJobState::failed);
  CHECK(world.report_of_job<Job::ReportExited>("5")->exit.failure == "Its command can't be run.");
}

TEST_CASE("what a job's user signals is in its directory, in order and once") {
  JobWorld world;
  world.driver->signal(world.signal(1, SIGUSR1, true));
  world.driver->signal(world.signal(2, SIGKILL));
  world.settle();
  CHECK(world.slurm.signals == std::vector<int>{look_signal, look_signal});
  REQUIRE(world.told().size() == 2);
  CHECK(world.told()[0].signal == static_cast<std::uint32_t>(SIGUSR1));
  CHECK(world.told()[0].to_script_only);
  CHECK(world.told()[1].signal == static_cast<std::uint32_t>(SIGKILL));
  SECTION("told again by another driver, it isn't sent again") {
    world.restart();
    world.driver->signal(world.signal(1, SIGUSR1, true));
    CHECK(world.told().size() == 2);
    SECTION("but one that nobody was told is, before Slurm has been looked at") {
      world.driver->signal(world.signal(3, SIGUSR2));
      CHECK(world.told().size() == 3);
    }
  }
  SECTION("killed by one, it ends by it") {
    world.end({{}, 9u, "", ""}, SlurmJobState::failed);
    CHECK(world.report_of_job<Job::ReportExited>("5")->exit.signal == 9u);
    CHECK(world.report_of_job<Job::Stop>("5") == nullptr);
  }
}

TEST_CASE("a signal for a job that hasn't begun is nobody's") {
  SlurmWorld world;
  world.order_job("5");
  world.settle_with_look();
  world.driver->signal({"5", "slurm-a1", 1, 1, SIGUSR1, false, {}});
  CHECK(read_signal_orders(world.directory("job-5.1")).told.empty());
}

TEST_CASE("a job is stopped with the signal and grace that were asked for") {
  JobWorld world;
  SECTION("within its grace period") {
    world.driver->stop(world.stop(30, SIGUSR1));
    world.settle_with_look();
    const auto stop = world.directory("job-5.1").stop();
    REQUIRE(stop.has_value());
    CHECK(stop->grace_period_s == 30);
    CHECK(stop->signal == static_cast<std::uint32_t>(SIGUSR1));
    CHECK(stop->notice.find("JOB 5 ON slurm-a1 CANCELLED AT") != std::string::npos);
    CHECK(world.slurm.signals == std::vector<int>{SIGTERM});
  }
  SECTION("at once") {
    world.driver->stop(world.stop(30, SIGKILL));
    world.settle_with_look();
    CHECK(world.directory("job-5.1").stop()->grace_period_s == 0);
  }
  SECTION("and killed by Slurm where it doesn't hear: that is no failure to start") {
    world.driver->stop(world.stop(0));
    world.settle_with_look();
    world.pass(6s);
    world.settle_with_look();
    REQUIRE(world.slurm.cancelled == std::vector<std::string>{"job-5.1.1"});
    for (int i = 0; i < 3; ++i) {
      world.pass(6s);
      world.settle_with_look();
    }
    const auto* exited = world.report_of_job<Job::ReportExited>("5");
    REQUIRE(exited != nullptr);
    CHECK(exited->exit.signal == 9u);
    CHECK(exited->exit.failure.empty());
    CHECK(world.report_of_job<Job::Stop>("5") == nullptr);
  }
}
