#include <csignal>

#include <catch2/catch.hpp>

#include "drivers/driver_duties.hpp"

using namespace orrery;

namespace {

constexpr Time noon{std::chrono::hours(12)};

struct JobDutiesFixture {
  DriverDuties duties;
  Position position = 0;

  JobDutiesFixture() { (void)duties.resume(); }

  void event(const std::string& stream, Event event) {
    duties.apply({++position, stream, 1, noon, Origin{"test", 0, "request-1"}, std::move(event)});
  }
  void node(const std::string& id, NodeDriver driver = NodeDriver::simulated) {
    event("node/" + id, NodeRegistered{"aicenter", "a100", 4, 80, 163'840, driver});
    event("node/" + id, NodeBecameReady{});
  }
  void scheduled(std::uint32_t attempt = 1) {
    event("job/5", JobScheduled{attempt, "p1", {"n1", "n2"}, 30, false});
  }
  void allocated(std::uint64_t fence = 7) {
    event("job/5", JobAllocated{{{"n1", {0, 1}}, {"n2", {3}}}, fence});
  }
  void running() {
    node("n1");
    node("n2");
    event("job/5", JobSubmitted{});
    scheduled();
    allocated();
    event("job/5", JobStarted{});
    (void)duties.due();
  }
  void lost_with_node() {
    event("node/n1", NodeLost{"power"});
    JobExited exit;
    exit.is_confirmed = false;
    event("job/5", exit);
  }
};

template <class Message>
Message only(const std::vector<DriverOrder>& owed, NodeDriver driver = NodeDriver::simulated) {
  REQUIRE(owed.size() == 1);
  CHECK(owed.front().driver == driver);
  return std::get<Message>(owed.front().message);
}

template <class Message>
std::vector<Message> each(const std::vector<DriverOrder>& owed) {
  std::vector<Message> found;
  for (const auto& order : owed)
    if (const auto* message = std::get_if<Message>(&order.message)) found.push_back(*message);
  return found;
}

}  // namespace

TEST_CASE("a job is a driver's business from its allocation on") {
  JobDutiesFixture fixture;
  fixture.node("n1");
  fixture.event("job/5", JobSubmitted{});
  fixture.scheduled();
  CHECK(fixture.duties.due().empty());
  fixture.allocated();
  const auto start = only<StartJob>(fixture.duties.due());
  CHECK(start.job_id == "5");
  CHECK(start.node_id == "n1");
  CHECK(start.places.size() == 2);
  CHECK(start.fence == 7);
  CHECK(start.attempt == 1);
  CHECK(start.partition == "p1");
  CHECK(start.time_limit_min == 30);
  CHECK_FALSE(start.started_at);
  CHECK(start.origin.correlation == "request-1");
}

TEST_CASE("a job that runs is told of again after a restart, with the time of its start") {
  JobDutiesFixture fixture;
  fixture.running();
  fixture.event("job/5", JobUtilisationChanged{40});
  CHECK(fixture.duties.due().empty());
  CHECK(only<StartJob>(fixture.duties.resume()).started_at == noon);
  fixture.event("job/5", JobExited{0, {}, true, ""});
  fixture.event("job/5", JobEnded{});
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a job that never got its place is no driver's business, and neither is its end") {
  JobDutiesFixture fixture;
  fixture.event("job/5", JobSubmitted{});
  fixture.scheduled();
  SECTION("its leases were refused") { fixture.event("job/5", JobUnscheduled{"taken"}); }
  SECTION("it was cancelled meanwhile") {
    fixture.event("job/5", JobStopRequested{});
    CHECK(fixture.duties.due().empty());
    fixture.event("job/5", JobEnded{JobOutcome::cancelled, "None"});
  }
  CHECK(fixture.duties.due().empty());
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("a job that is to end is to be stopped until it has exited") {
  JobDutiesFixture fixture;
  fixture.running();
  fixture.event("job/5", JobStopRequested{JobStopReason::time_limit, SIGUSR1, "", false});
  const auto stop = only<StopJob>(fixture.duties.due());
  CHECK(stop.fence == 7);
  CHECK(stop.signal == SIGUSR1);
  CHECK(stop.reason == JobStopReason::time_limit);
  CHECK(stop.grace_period_s == JobDuties::kill_wait_s_default);
  only<StopJob>(fixture.duties.resume());
  fixture.event("job/5", JobExited{});
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("the policy of its cluster says how long a job has to end") {
  JobDutiesFixture fixture;
  BatchPolicySet set;
  set.policy.nodes = {{"n1", {}}, {"n2", {}}};
  set.policy.kill_wait_s = 5;
  fixture.event("batch_policy/aicenter", set);
  fixture.running();
  fixture.event("job/5", JobStopRequested{});
  CHECK(only<StopJob>(fixture.duties.due()).grace_period_s == 5);
}

TEST_CASE("signals come with growing numbers, and all of the last after a restart") {
  JobDutiesFixture fixture;
  fixture.running();
  fixture.event("job/5", JobSignalled{SIGUSR1, true});
  const auto first = only<SignalJob>(fixture.duties.due());
  CHECK(first.signal == SIGUSR1);
  CHECK(first.to_script_only);
  CHECK(first.fence == 7);
  CHECK(fixture.duties.due().empty());
  for (std::size_t i = 0; i < JobDuties::signals_max; ++i)
    fixture.event("job/5", JobSignalled{SIGUSR2, false});
  CHECK(each<SignalJob>(fixture.duties.due()).size() == JobDuties::signals_max);
  const auto again = fixture.duties.resume();
  CHECK(std::holds_alternative<StartJob>(again.front().message));
  const auto signals = each<SignalJob>(again);
  REQUIRE(signals.size() == JobDuties::signals_max);
  CHECK(signals.front().number == first.number + 1);
  CHECK(signals.back().number == fixture.position);
}

TEST_CASE("an attempt that was lost with its node is to be stopped there until the node is back") {
  JobDutiesFixture fixture;
  fixture.running();
  fixture.lost_with_node();
  const auto stop = each<StopJob>(fixture.duties.due());
  REQUIRE(stop.size() == 1);
  CHECK(stop.front().fence == 7);
  CHECK(stop.front().signal == SIGKILL);

  fixture.event("job/5", JobRequeued{});
  fixture.event("job/5", JobScheduled{2, "p1", {"n2"}, 30, false});
  fixture.event("job/5", JobAllocated{{{"n2", {0}}}, 9});
  CHECK(only<StartJob>(fixture.duties.due()).attempt == 2);
  CHECK(each<StopJob>(fixture.duties.resume()).size() == 1);

  fixture.event("node/n1", NodeBecameReady{});
  const auto last = only<StopJob>(fixture.duties.due());
  CHECK(last.node_id == "n1");
  CHECK(last.fence == 7);
  CHECK(only<StartJob>(fixture.duties.resume()).fence == 9);
}

TEST_CASE("an attempt that was lost with its node is stopped though the node is back at once") {
  JobDutiesFixture fixture;
  fixture.running();
  fixture.event("node/n1", NodeLost{"power"});
  fixture.event("node/n1", NodeBecameReady{});
  JobExited exit;
  exit.is_confirmed = false;
  fixture.event("job/5", exit);
  CHECK(each<StopJob>(fixture.duties.due()).front().fence == 7);
  CHECK(fixture.duties.resume().empty());
}

TEST_CASE("what is owed of a job goes to the driver of its first node") {
  JobDutiesFixture fixture;
  fixture.node("n1", NodeDriver::local_process);
  (void)fixture.duties.due();
  fixture.event("job/5", JobSubmitted{});
  fixture.scheduled();
  fixture.allocated();
  only<StartJob>(fixture.duties.due(), NodeDriver::local_process);
  fixture.event("job/5", JobSignalled{SIGUSR1, false});
  only<SignalJob>(fixture.duties.due(), NodeDriver::local_process);
  fixture.event("job/5", JobStopRequested{});
  only<StopJob>(fixture.duties.due(), NodeDriver::local_process);
}

TEST_CASE("duties for jobs survive a snapshot") {
  JobDutiesFixture fixture;
  fixture.running();
  fixture.event("job/5", JobSignalled{SIGUSR1, false});
  std::string saved;
  fixture.duties.save(saved);
  DriverDuties loaded;
  loaded.load(saved);
  const auto owed = loaded.resume();
  CHECK(each<StartJob>(owed).size() == 1);
  CHECK(each<SignalJob>(owed).front().signal == SIGUSR1);
}
