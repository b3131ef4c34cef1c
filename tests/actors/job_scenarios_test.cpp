#include "tests/support/job_scenario.hpp"

using namespace orrery;
using namespace orrery::jobs;

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

bool has_ended(const RuleWorld& world, const std::string& id, JobOutcome outcome,
               const std::string& reason) {
  const auto end = end_of(world, id);
  return end && *end == JobEnded{outcome, reason};
}

}  // namespace

TEST_CASE("a job gets its leases, runs, exits and gives them back", "[golden]") {
  auto world = fleet(2);
  const auto first = world.log().size();
  start(world, "17", {"n2"}, specification(2));
  const auto active = std::get<Job::Active>(world.state<Job>("17"));
  CHECK(active.allocation.places == std::vector<JobPlace>{{"n2", {0, 1}}});
  CHECK(std::holds_alternative<Lease::Granted>(world.state<Lease>("job-17.1.0")));
  exit(world, "17");
  CHECK(has_ended(world, "17", JobOutcome::completed, "None"));
  check_scenario("job_runs", world, first);
}

TEST_CASE("a job on several nodes has all of them or none", "[golden]") {
  auto world = fleet(3);
  start(world, "16", {"n3"});
  const auto first = world.log().size();
  submit(world, "17", specification(2, 2));
  schedule(world, "17", {"n1", "n3"});
  world.run();
  CHECK(is<Job::Pending>(world, "17"));
  CHECK(events_of<JobUnscheduled>(world, "job/17").front().reason ==
        "The node n1 has no room for it.");
  schedule(world, "17", {"n1", "n2"});
  world.run();
  CHECK(std::get<Job::Active>(world.state<Job>("17")).allocation.places ==
        std::vector<JobPlace>{{"n1", {0, 1}}, {"n2", {0, 1}}});
  exit(world, "17");
  check_scenario("job_on_several_nodes", world, first);
}

TEST_CASE("an exclusive job has the processors and the memory of its nodes") {
  auto world = fleet(1);
  auto wish = specification(1);
  wish.resources.is_exclusive = true;
  start(world, "17", {"n1"}, wish);
  const auto lease = std::get<Lease::Granted>(world.state<Lease>("job-17.1.0"));
  CHECK(lease.request.cpu_count == 8);
  CHECK(lease.request.memory_mib == 16'384);
  submit(world, "18");
  schedule(world, "18", {"n1"});
  world.run();
  CHECK(is<Job::Pending>(world, "18"));
  exit(world, "17");
  schedule(world, "18", {"n1"});
  world.run();
  CHECK(is<Job::Active>(world, "18"));
  crash_everywhere(world);
}

TEST_CASE("a job without GPUs is placed as well") {
  auto world = fleet(1);
  start(world, "17", {"n1"}, specification(0));
  CHECK(std::get<Job::Active>(world.state<Job>("17")).allocation.places ==
        std::vector<JobPlace>{{"n1", {}}});
  exit(world, "17");
  check_at_rest(world);
}

TEST_CASE("a job whose lease may not be asked for waits again") {
  auto world = fleet(1);
  auto wish = specification(0);
  wish.resources.cpus_per_node = wish.resources.memory_mib_per_node = 0;
  submit(world, "17", wish);
  schedule(world, "17", {"n1"});
  world.run();
  CHECK(is<Job::Pending>(world, "17"));
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a job that is cancelled while its leases are asked for holds nothing", "[golden]") {
  auto world = fleet(2);
  const auto first = world.log().size();
  submit(world, "17", specification(2, 2));
  schedule(world, "17", {"n1", "n2"});
  while (world.all<Lease>().size() < 2) world.step();
  stop(world, "17");
  CHECK(has_ended(world, "17", JobOutcome::cancelled, "None"));
  check_scenario("job_cancelled_early", world, first);
}

TEST_CASE("a job is cancelled wherever it is, and holds nothing then") {
  auto whole = fleet(2);
  const auto first = whole.log().size();
  submit(whole, "17", specification(2, 2));
  schedule(whole, "17", {"n1", "n2"});
  whole.run();
  for (auto count = first + 1; count <= whole.log().size(); ++count) {
    INFO("cancelled after event " << count);
    auto world = RuleWorld::after_crash(whole, count);
    stop(world, "17");
    CHECK(is<Job::Ended>(world, "17"));
    check_at_rest(world);
  }
}

TEST_CASE("a job whose node is lost goes back and waits for a while", "[golden]") {
  auto world = fleet(2);
  start(world, "17", {"n1"});
  const auto first = world.log().size();
  pass(world, minutes(5));
  world.send<Node>("n1", Node::ReportLost{"power"});
  world.run();
  const auto requeued = events_of<JobRequeued>(world, "job/17");
  REQUIRE(requeued.size() == 1);
  CHECK(requeued.front() == JobRequeued{JobStopReason::node_failed, 300 + 120, JobHold::none});
  CHECK_FALSE(events_of<JobExited>(world, "job/17").front().is_confirmed);
  schedule(world, "17", {"n2"});
  world.run();
  CHECK(std::get<Job::Active>(world.state<Job>("17")).decision.attempt == 2);
  check_scenario("job_node_lost", world, first);
}

TEST_CASE("a job that may not go back ends with its node") {
  auto world = fleet(1);
  auto wish = specification();
  wish.may_requeue = false;
  start(world, "17", {"n1"}, wish);
  world.send<Node>("n1", Node::ReportLost{"power"});
  world.run();
  CHECK(has_ended(world, "17", JobOutcome::node_fail, "NodeDown"));
  check_at_rest(world);
}

TEST_CASE("with one of its other nodes lost a job is stopped by its driver") {
  auto world = fleet(2);
  start(world, "17", {"n1", "n2"}, specification(1, 2));
  world.send<Node>("n2", Node::ReportLost{"power"});
  world.run();
  CHECK(events_of<JobExited>(world, "job/17").front().is_confirmed);
  CHECK(is<Job::Pending>(world, "17"));
  check_at_rest(world);
  crash_everywhere(world);
}

TEST_CASE("a job one of whose GPUs breaks goes back", "[golden]") {
  auto world = fleet(1);
  start(world, "17", {"n1"}, specification(2));
  const auto first = world.log().size();
  world.send<Gpu>(gpu_id("n1", 1), Gpu::ReportFault{"ECC"});
  world.run();
  CHECK(events_of<JobStopRequested>(world, "job/17").front().reason == JobStopReason::node_failed);
  CHECK(is<Job::Pending>(world, "17"));
  check_scenario("job_gpu_fault", world, first);
}

TEST_CASE("a GPU of another's on the same node is no trouble of a job") {
  auto world = fleet(1);
  start(world, "17", {"n1"});
  world.send<Gpu>(gpu_id("n1", 1), Gpu::ReportFault{"ECC"});
  world.run();
  CHECK(is<Job::Active>(world, "17"));
  check_at_rest(world);
}

TEST_CASE("trouble at any moment before a job runs leaves nothing behind") {
  auto whole = fleet(2);
  const auto first = whole.log().size();
  submit(whole, "17", specification(2, 2));
  schedule(whole, "17", {"n1", "n2"});
  whole.run();
  for (auto count = first + 1; count < whole.log().size(); ++count)
    for (const auto* node : {"n1", "n2"}) {
      INFO("after event " << count << " " << node << " is lost");
      auto world = RuleWorld::after_crash(whole, count);
      world.set_driver(false, true);
      world.send<Node>(node, Node::ReportLost{"power"});
      world.run();
      CHECK(is<Job::Pending>(world, "17"));
      check_at_rest(world);
    }
}

TEST_CASE("a job is warned and ended when its time is over", "[golden]") {
  auto world = fleet(1);
  start(world, "17", {"n1"});
  const auto first = world.log().size();
  pass(world, minutes(54));
  CHECK(events_of<JobWarned>(world, "job/17").empty());
  pass(world, minutes(1));
  CHECK(events_of<JobWarned>(world, "job/17") == std::vector<JobWarned>{{JobWarning::time_limit}});
  pass(world, minutes(4));
  CHECK(is<Job::Active>(world, "17"));
  pass(world, minutes(1));
  CHECK(has_ended(world, "17", JobOutcome::timeout, "TimeLimit"));
  check_scenario("job_time_limit", world, first);
}

TEST_CASE("the time of a job that waits for its driver begins with its start") {
  auto world = fleet(1);
  world.set_driver(true, false);
  submit(world, "17");
  schedule(world, "17", {"n1"});
  world.run();
  pass(world, minutes(120));
  CHECK(is<Job::Active>(world, "17"));
  CHECK(events_of<JobWarned>(world, "job/17").empty());
  world.set_driver(true, true);
  pass(world, minutes(59));
  CHECK(is<Job::Active>(world, "17"));
  pass(world, minutes(60));
  CHECK(has_ended(world, "17", JobOutcome::timeout, "TimeLimit"));
  check_at_rest(world);
}

TEST_CASE("a job whose time is changed has that, from its start") {
  auto world = fleet(1);
  start(world, "17", {"n1"});
  pass(world, minutes(56));
  JobChange longer;
  longer.time_limit_min = 120;
  world.send<Job>("17", Job::Change{longer});
  pass(world, minutes(10));
  CHECK(is<Job::Active>(world, "17"));
  pass(world, minutes(50));
  CHECK(events_of<JobWarned>(world, "job/17").size() == 2);
  CHECK(is<Job::Active>(world, "17"));
  JobChange shorter;
  shorter.time_limit_min = 30;
  world.send<Job>("17", Job::Change{shorter});
  pass(world, seconds(1));
  CHECK(has_ended(world, "17", JobOutcome::timeout, "TimeLimit"));
  check_at_rest(world);
}

TEST_CASE("a job is sent its signal once, and anew when its time has changed") {
  auto world = fleet(1);
  auto wish = specification();
  wish.signal = {10, 600, true};
  start(world, "17", {"n1"}, wish);
  pass(world, minutes(49));
  CHECK(events_of<JobSignalled>(world, "job/17").empty());
  pass(world, minutes(1));
  pass(world, minutes(1));
  CHECK(events_of<JobSignalled>(world, "job/17") == std::vector<JobSignalled>{{10, true}});
  JobChange longer;
  longer.time_limit_min = 120;
  world.send<Job>("17", Job::Change{longer});
  pass(world, minutes(60));
  CHECK(events_of<JobSignalled>(world, "job/17").size() == 2);
  crash_everywhere(world);
}

TEST_CASE("a job whose GPUs do nothing is warned, then ended", "[golden]") {
  auto rules = policy();
  rules.idle.after_min = 20;
  rules.idle.warning_min = 5;
  auto world = fleet(1, rules);
  start(world, "17", {"n1"});
  const auto first = world.log().size();
  pass(world, minutes(10));
  use(world, "17", 0);
  pass(world, minutes(14));
  CHECK(events_of<JobWarned>(world, "job/17").empty());
  pass(world, minutes(1));
  CHECK(events_of<JobWarned>(world, "job/17").size() == 1);
  pass(world, minutes(5));
  CHECK(has_ended(world, "17", JobOutcome::cancelled, "GpuIdle"));
  check_scenario("job_idle", world, first);
}

TEST_CASE("who works again in time stays, and is warned anew") {
  auto rules = policy();
  rules.idle.after_min = 20;
  rules.idle.warning_min = 5;
  auto world = fleet(1, rules);
  start(world, "17", {"n1"});
  use(world, "17", 2);
  pass(world, minutes(16));
  use(world, "17", 80);
  pass(world, minutes(10));
  use(world, "17", 0);
  pass(world, minutes(15));
  CHECK(events_of<JobWarned>(world, "job/17").size() == 2);
  CHECK(is<Job::Active>(world, "17"));
  pass(world, minutes(5));
  CHECK(has_ended(world, "17", JobOutcome::cancelled, "GpuIdle"));
}

TEST_CASE("quiet hours don't count as idle") {
  auto rules = policy();
  rules.idle = {true, 5, 120, 30, 60, 420, 0};  // Quiet from 01:00 until 07:00 UTC.
  auto world = fleet(1, rules);
  auto wish = specification();
  wish.time_limit_min = 1'440;
  start(world, "17", {"n1"}, wish);
  use(world, "17", 0);  // At midnight.
  pass(world, hours(7));
  CHECK(is<Job::Active>(world, "17"));
  CHECK(events_of<JobWarned>(world, "job/17").empty());
  pass(world, minutes(59));
  CHECK(events_of<JobWarned>(world, "job/17").size() == 1);
  CHECK(is<Job::Active>(world, "17"));
  pass(world, minutes(1));
  CHECK(has_ended(world, "17", JobOutcome::cancelled, "GpuIdle"));
}

TEST_CASE("nobody without GPUs is idle, and nobody where the rule is off or changed in time") {
  auto rules = policy();
  rules.idle.after_min = 20;
  auto world = fleet(2, rules);
  start(world, "17", {"n1"}, specification(0));
  start(world, "18", {"n2"});
  use(world, "17", 0);
  use(world, "18", 10);
  pass(world, minutes(19));
  rules.idle.threshold_percent = 20;  // From now on it is idle.
  world.send<BatchPolicyRecord>(cluster, BatchPolicyRecord::Set{rules});
  pass(world, minutes(19));
  CHECK(is<Job::Active>(world, "18"));
  rules.idle.is_on = false;
  world.send<BatchPolicyRecord>(cluster, BatchPolicyRecord::Set{rules});
  pass(world, minutes(10));
  CHECK(is<Job::Active>(world, "17"));
  CHECK(is<Job::Active>(world, "18"));
  rules.idle.is_on = true;
  world.send<BatchPolicyRecord>(cluster, BatchPolicyRecord::Set{rules});
  pass(world, seconds(1));
  CHECK(has_ended(world, "18", JobOutcome::cancelled, "GpuIdle"));
  CHECK(is<Job::Active>(world, "17"));
}

TEST_CASE("time is a job's own after a crash as before") {
  auto whole = fleet(1);
  start(whole, "17", {"n1"});
  for (const auto span : {minutes(30), minutes(57), minutes(60)}) {
    auto world = RuleWorld::after_crash(whole, whole.log().size());
    pass(world, span);
    world = RuleWorld::after_crash(world, world.log().size());
    pass(world, seconds(0));
    CHECK(events_of<JobWarned>(world, "job/17").size() == (span == minutes(57) ? 1 : 0));
    CHECK(is<Job::Ended>(world, "17") == (span == minutes(60)));
  }
}

TEST_CASE("a job that is preempted or sent back waits again", "[golden]") {
  auto world = fleet(1);
  start(world, "17", {"n1"});
  const auto first = world.log().size();
  stop(world, "17", JobStopReason::preempted, true);
  CHECK(events_of<JobRequeued>(world, "job/17").back().begin_time_s == 0);
  schedule(world, "17", {"n1"});
  world.run();
  pass(world, seconds(10));
  stop(world, "17", JobStopReason::requeued, true);
  CHECK(events_of<JobRequeued>(world, "job/17").back().begin_time_s == 10 + 120);
  schedule(world, "17", {"n1"});
  world.run();
  CHECK(std::get<Job::Active>(world.state<Job>("17")).decision.attempt == 3);
  check_scenario("job_requeued", world, first);
}

TEST_CASE("who is suspended has no jobs any more") {
  auto world = fleet(2);
  world.send<CenterUser>("kim", CenterUser::Approve{{{"A", "vision", {}, {}}, 1}});
  world.send<CenterUser>("lee", CenterUser::Approve{{{"A", "vision", {}, {}}, 2}});
  start(world, "17", {"n1"});
  submit(world, "18");
  auto of_another = specification();
  of_another.user = "lee";
  start(world, "19", {"n2"}, of_another);
  world.send<CenterUser>("kim", CenterUser::Suspend{{"mined coins", 0}});
  world.run();
  CHECK(has_ended(world, "17", JobOutcome::cancelled, "None"));
  CHECK(has_ended(world, "18", JobOutcome::cancelled, "None"));
  CHECK(is<Job::Active>(world, "19"));
  submit(world, "20");
  world.run();
  CHECK(is<Job::Ended>(world, "20"));
  world.send<CenterUser>("kim", CenterUser::Reinstate{});
  submit(world, "21");
  world.run();
  CHECK(is<Job::Pending>(world, "21"));
  world.send<CenterUser>("lee", CenterUser::Erase{});
  world.run();
  CHECK(is<Job::Ended>(world, "19"));
  check_at_rest(world);
  crash_everywhere(world);
}
