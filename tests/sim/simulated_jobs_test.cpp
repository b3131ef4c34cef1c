#include <csignal>

#include <catch2/catch.hpp>

#include "sim/simulated_fleet.hpp"

using namespace orrery;

namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time noon{std::chrono::hours(12)};

StartJob start_of(const std::string& id, JobRehearsal rehearsal = {}, std::uint64_t fence = 7) {
  StartJob start;
  start.job_id = id;
  start.node_id = "n1";
  start.places = {{"n1", {0}}, {"n2", {3}}};
  start.fence = fence;
  start.attempt = 1;
  start.specification.rehearsal = std::move(rehearsal);
  return start;
}

JobRehearsal ten_minutes(std::uint32_t exit_code = 0) { return {600, exit_code, {}}; }

StopJob stop_of(const std::string& id, std::uint32_t grace_period_s = 30, std::uint32_t signal = 0,
                std::uint64_t fence = 7) {
  return {id, "n1", fence, grace_period_s, signal, JobStopReason::cancelled, {}};
}

template <class Command>
Command word(const FleetEffects& effects, std::size_t index) {
  REQUIRE(effects.reports.size() > index);
  return std::get<Command>(std::get<To<Job>>(effects.reports[index].command).command);
}

template <class Command>
Command only(const FleetEffects& effects) {
  REQUIRE(effects.reports.size() == 1);
  return word<Command>(effects, 0);
}

/// The fleet's jobs with what they wait for.
struct Play {
  SimulatedFleet fleet;
  FleetEffects last;

  explicit Play(double time_scale = 1.0) : fleet(configuration(time_scale)) {}
  static SimulatedDriverConfiguration configuration(double time_scale) {
    SimulatedDriverConfiguration configuration;
    configuration.time_scale = time_scale;
    return configuration;
  }

  /// Starts the job, and has its script run.
  void run(const StartJob& start) {
    last = fleet.start(start, noon);
    go_on();
    CHECK(word<Job::ReportStarted>(last, 0).fence == start.fence);
  }
  /// The one step under way is over; the answer is how long it was.
  microseconds go_on() {
    REQUIRE(last.steps.size() == 1);
    const auto step = last.steps.front();
    last = fleet.step_over(step.id, step.number);
    return step.delay;
  }
};

}  // namespace

TEST_CASE("a rehearsed job runs so long and ends with its exit code") {
  Play play;
  play.last = play.fleet.start(start_of("5", ten_minutes(3)), noon);
  CHECK(play.last.reports.empty());
  CHECK(play.go_on() == seconds(1));
  CHECK(only<Job::ReportStarted>(play.last).fence == 7);
  CHECK(play.go_on() == minutes(10));
  const auto exit = only<Job::ReportExited>(play.last);
  CHECK(exit.fence == 7);
  CHECK(exit.exit == JobExited{3, {}, true, ""});
}

TEST_CASE("a job without a run time runs until it is stopped") {
  Play play;
  play.run(start_of("5"));
  CHECK(play.last.steps.empty());
  play.last = play.fleet.stop(stop_of("5"));
  CHECK(play.fleet.stop(stop_of("5")).steps.empty());
  CHECK(play.go_on() == seconds(5));
  CHECK(only<Job::ReportExited>(play.last).exit == JobExited{{}, SIGTERM, true, ""});
}

TEST_CASE("a job that takes its time to end is killed after its grace period") {
  Play play;
  play.run(start_of("5"));
  play.last = play.fleet.stop(stop_of("5", 2));
  CHECK(play.go_on() == seconds(2));
  CHECK(only<Job::ReportExited>(play.last).exit.signal == SIGKILL);
}

TEST_CASE("a job that is killed ends at once, and so does one that hasn't begun") {
  Play play;
  play.run(start_of("5"));
  CHECK(only<Job::ReportExited>(play.fleet.stop(stop_of("5", 30, SIGKILL))).exit.signal == SIGKILL);
  play.last = play.fleet.start(start_of("6", {}, 8), noon);
  CHECK(only<Job::ReportExited>(play.fleet.stop(stop_of("6", 30, 0, 8))).exit.signal == SIGTERM);
}

TEST_CASE("the utilisation of a rehearsed job changes as it says") {
  Play play;
  play.run(start_of("5", {3'600, 0, {{0, 90}, {1'800, 0}, {2'400, 0}}}));
  CHECK(word<Job::ReportUtilisation>(play.last, 1).gpu_percent == 90);
  CHECK(play.go_on() == minutes(30));
  CHECK(only<Job::ReportUtilisation>(play.last).gpu_percent == 0);
  CHECK(play.go_on() == minutes(10));
  CHECK(play.last.reports.empty());  // Nothing has changed.
  CHECK(play.go_on() == minutes(20));
  only<Job::ReportExited>(play.last);
}

TEST_CASE("a job without GPUs has no utilisation") {
  Play play;
  auto start = start_of("5", {60, 0, {{0, 90}}});
  start.places = {{"n1", {}}};
  play.run(start);
  CHECK(play.last.reports.size() == 1);
}

TEST_CASE("the time scale shortens a rehearsal") {
  Play play(60.0);
  play.run(start_of("5", ten_minutes()));
  CHECK(play.go_on() == seconds(10));
}

TEST_CASE("a job that ran before the driver's memory began goes on where it would be") {
  Play play(10.0);
  auto start = start_of("5", {600, 4, {{120, 30}, {480, 0}}});
  start.started_at = noon - seconds(30);
  play.last = play.fleet.start(start, noon);
  word<Job::ReportStarted>(play.last, 0);
  CHECK(word<Job::ReportUtilisation>(play.last, 1).gpu_percent == 30);
  CHECK(play.go_on() == seconds(18));
  CHECK(only<Job::ReportUtilisation>(play.last).gpu_percent == 0);
  CHECK(play.go_on() == seconds(12));
  CHECK(only<Job::ReportExited>(play.last).exit.exit_code == 4);
}

TEST_CASE("a job that grew busy while there was no driver is reported to be busy") {
  Play play;
  auto start = start_of("5", {600, 0, {{60, 0}, {120, 100}}});
  start.started_at = noon - minutes(3);
  play.last = play.fleet.start(start, noon);
  CHECK(word<Job::ReportUtilisation>(play.last, 1).gpu_percent == 100);
}

TEST_CASE("a job whose time was over meanwhile ends at once") {
  Play play;
  auto start = start_of("5", ten_minutes());
  start.started_at = noon - std::chrono::hours(1);
  play.last = play.fleet.start(start, noon);
  only<Job::ReportStarted>(play.last);
  CHECK(play.go_on() == seconds(0));
  only<Job::ReportExited>(play.last);
}

TEST_CASE("a job that is told of twice runs once, and is reported again") {
  Play play;
  const auto start = start_of("5", ten_minutes(3));
  play.run(start);
  const auto again = play.fleet.start(start, noon);
  only<Job::ReportStarted>(again);
  CHECK(again.steps.empty());
  play.go_on();
  CHECK(only<Job::ReportExited>(play.fleet.start(start, noon)).exit.exit_code == 3);
  CHECK(only<Job::ReportExited>(play.fleet.stop(stop_of("5"))).exit.exit_code == 3);
}

TEST_CASE("a job dies of some signals, and each comes once") {
  Play play;
  play.run(start_of("5"));
  CHECK(play.fleet.signal({"5", "n1", 7, 10, SIGUSR1, false, {}}).reports.empty());
  CHECK(play.fleet.signal({"5", "n1", 7, 10, SIGINT, false, {}}).reports.empty());
  CHECK(play.fleet.signal({"5", "n1", 6, 11, SIGINT, false, {}}).reports.empty());
  const auto died = play.fleet.signal({"5", "n1", 7, 11, SIGINT, false, {}});
  CHECK(only<Job::ReportExited>(died).exit.signal == SIGINT);
}

TEST_CASE("a newer attempt is another run, whoever speaks of the older one") {
  Play play;
  play.run(start_of("5"));
  auto second = start_of("5", ten_minutes(), 9);
  second.attempt = 2;
  play.run(second);
  CHECK(only<Job::ReportExited>(play.fleet.stop(stop_of("5", 0, SIGKILL, 7))).fence == 7);
  CHECK(play.fleet.start(start_of("5"), noon).reports.empty());
  CHECK(play.go_on() == minutes(10));
  CHECK(only<Job::ReportExited>(play.last).fence == 9);
}

TEST_CASE("a job that can't be started is over, with the reason") {
  Play play;
  play.fleet.fail_start("job/5", "image", "No space left on device.");
  const auto failed = play.fleet.start(start_of("5"), noon);
  CHECK(only<Job::ReportExited>(failed).exit.failure == "No space left on device.");
  play.last = play.fleet.start(start_of("6", {}, 8), noon);
  CHECK(only<Job::ReportExited>(play.fleet.fail_start("job/6", "", "Full.")).exit.failure ==
        "Full.");
}

TEST_CASE("a job ends by itself when somebody says so") {
  Play play;
  play.run(start_of("5"));
  CHECK(only<Job::ReportExited>(play.fleet.exit(JobExit{"5", 2, {}})).exit.exit_code == 2);
  CHECK(play.fleet.exit(JobExit{"5", 2, {}}).reports.empty());
}

TEST_CASE("what runs on a node dies with it, and nothing is started there") {
  Play play;
  play.run(start_of("5", ten_minutes()));
  const auto step = play.last.steps.front();
  play.fleet.lose("n1", "power");
  CHECK(play.fleet.step_over(step.id, step.number).reports.empty());
  CHECK(play.fleet.start(start_of("6", {}, 8), noon).steps.empty());
  play.fleet.lose("n2", "power");
  play.fleet.restore("n1");
  CHECK(play.fleet.start(start_of("6", {}, 8), noon).steps.empty());  // Its second place is dead.
}

TEST_CASE("work with an older fence than its GPUs have seen is not started") {
  Play play;
  play.run(start_of("5", {}, 9));
  CHECK(play.fleet.start(start_of("6", {}, 8), noon).steps.empty());
}
