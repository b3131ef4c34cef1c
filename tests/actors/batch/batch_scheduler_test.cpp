#include "actors/batch/batch_scheduler.hpp"

#include <catch2/catch.hpp>

#include "actors/batch/forecast.hpp"
#include "tests/support/crash_everywhere.hpp"

using namespace orrery;
using namespace std::chrono_literals;
using batch::WaitReason;

namespace {

BatchPolicy policy() {
  BatchPolicy policy;
  policy.nodes = {{"a1", {}}, {"a2", {}}};
  policy.partitions = {{}};
  policy.partitions[0].name = "p1";
  policy.partitions[0].nodes = {"a1", "a2"};
  policy.idle.is_on = false;
  return policy;
}

JobSpecification job(std::uint32_t gpus = 1, std::uint32_t minutes = 60) {
  JobSpecification asked;
  asked.cluster = "c";
  asked.user = "kim";
  asked.account = "vision";
  asked.partitions = {"p1"};
  asked.resources.gpu_model = "a100";
  asked.resources.gpus_per_node = gpus;
  asked.resources.memory_mib_per_node = 4'096;
  asked.time_limit_min = minutes;
  return asked;
}

/// Two nodes of four GPUs that boot at once, and a policy.
RuleWorld center() {
  RuleWorld world;
  world.pass_time(std::chrono::hours(24));
  world.send<Cluster>("c", Cluster::Declare{{"", WhenFull::refuse, PlacementStrategy::pack}});
  for (const auto* node : {"a1", "a2"})
    world.send<Node>(node, Node::Register{{"c", "a100", 4, 64, 512 * 1024}});
  world.send<BatchPolicyRecord>("c", BatchPolicyRecord::Set{policy()});
  world.run();
  return world;
}

void submit(RuleWorld& world, const std::string& id, const JobSpecification& asked) {
  world.send<Job>(id, Job::Submit{{asked, {}, JobHold::none, {}, {}}});
  world.run();
}

template <class State>
bool is(const RuleWorld& world, const std::string& id) {
  return std::holds_alternative<State>(world.state<Job>(id));
}

bool runs(const RuleWorld& world, const std::string& id) {
  const auto state = world.state<Job>(id);
  const auto* active = std::get_if<Job::Active>(&state);
  return active != nullptr && active->is_running;
}

void end(RuleWorld& world, const std::string& id) {
  const auto state = world.state<Job>(id);
  world.send<Job>(
      id, Job::ReportExited{std::get<Job::Active>(state).allocation.fence, {0, {}, true, {}}});
  world.run();
}

/// What a scheduler that has folded the world's log forecasts.
std::shared_ptr<const batch::Forecast> forecast(const RuleWorld& world) {
  std::chrono::microseconds time{};
  batch::ForecastBoard board{[&] { return time += 7us; }};
  BatchScheduler scheduler;
  scheduler.publish_to(&board);
  for (const auto& recorded : world.log()) scheduler.apply(recorded);
  scheduler.resume();
  return board.of("c");
}

}  // namespace

TEST_CASE("a submitted job is scheduled, runs, and makes room for the next") {
  auto world = center();
  submit(world, "1", job(4));
  submit(world, "2", job(4));
  submit(world, "3", job(4));
  CHECK(runs(world, "1"));
  CHECK(runs(world, "2"));
  CHECK(is<Job::Pending>(world, "3"));
  const auto known = forecast(world);
  REQUIRE(known != nullptr);
  REQUIRE(known->find(3) != nullptr);
  CHECK(known->find(3)->reason == WaitReason::resources);
  CHECK(known->find(1) == nullptr);
  CHECK(known->position == world.log().size());
  CHECK(known->pass_us == 7);

  end(world, "1");
  CHECK(is<Job::Ended>(world, "1"));
  CHECK(runs(world, "3"));
  INFO(world.story());
  CHECK(world.refusals().empty());
}

TEST_CASE("a job waits until its node is ready, uncordoned and whole") {
  auto world = center();
  auto asked = job(4);
  asked.nodes.wanted = {"a1"};
  world.send<Node>("a1", Node::Cordon{"work"});
  submit(world, "1", asked);
  CHECK(is<Job::Pending>(world, "1"));
  CHECK(forecast(world)->find(1)->reason == WaitReason::nodes_unavailable);
  world.send<Gpu>(gpu_id("a1", 2), Gpu::ReportFault{"ECC"});
  world.send<Node>("a1", Node::Uncordon{});
  world.run();
  CHECK(is<Job::Pending>(world, "1"));
  world.send<Gpu>(gpu_id("a1", 2), Gpu::ReportRepaired{});
  world.run();
  CHECK(runs(world, "1"));
}

TEST_CASE("GPUs that others have leased are none of the scheduler's") {
  auto world = center();
  world.send<Lease>("x", Lease::Request{{"stock/x", "c", "a100", 3, WhenFull::refuse, 60, 0}});
  world.run();
  submit(world, "1", job(4));
  submit(world, "2", job(2));
  CHECK(runs(world, "1"));
  CHECK(is<Job::Pending>(world, "2"));
  CHECK(world.refusals().empty());
  world.send<Lease>("x", Lease::Release{});
  world.run();
  CHECK(runs(world, "2"));
}

TEST_CASE("nothing of a suspended user is started") {
  auto world = center();
  CenterGrant grant;
  grant.class_name = "A";
  grant.team = "vision";
  world.send<CenterUser>("kim", CenterUser::Approve{{grant, 1'000}});
  world.send<CenterUser>("kim", CenterUser::Suspend{{"mining", 0}});
  submit(world, "1", job());
  world.send<CenterUser>("kim", CenterUser::Reinstate{});
  submit(world, "2", job());
  CHECK(runs(world, "2"));
  for (const auto& recorded : world.log())
    if (std::holds_alternative<JobScheduled>(recorded.event)) CHECK(recorded.stream == "job/2");
}

TEST_CASE("a job with a begin time starts then") {
  auto world = center();
  auto asked = job();
  asked.begin_time_s = 24 * 3600 + 90;
  submit(world, "1", asked);
  CHECK(is<Job::Pending>(world, "1"));
  world.pass_time(89s);
  world.run();
  CHECK(is<Job::Pending>(world, "1"));
  world.pass_time(1s);
  world.run();
  CHECK(runs(world, "1"));
}

TEST_CASE("a job of a higher quality of service sends a lower one back to the queue") {
  auto world = center();
  auto with_qos = policy();
  with_qos.qos.resize(2);
  with_qos.qos[0].name = "low";
  with_qos.qos[0].preempt_mode = PreemptMode::requeue;
  with_qos.qos[1].name = "high";
  with_qos.qos[1].priority_factor_permille = 1000;
  with_qos.qos[1].preempts = {"low"};
  world.send<BatchPolicyRecord>("c", BatchPolicyRecord::Set{with_qos});
  auto low = job(4, 600);
  low.qos = "low";
  submit(world, "1", low);
  submit(world, "2", low);
  auto high = job(2, 600);
  high.qos = "high";
  submit(world, "3", high);
  INFO(world.story());
  CHECK(runs(world, "3"));
  const bool first_runs = runs(world, "1");
  CHECK(first_runs != runs(world, "2"));
  CHECK(is<Job::Pending>(world, first_runs ? "2" : "1"));
}

TEST_CASE("what has been used makes the next job of the same team come later") {
  auto world = center();
  auto other = job(4);
  other.user = "lee";
  other.account = "robots";
  submit(world, "1", job(4, 600));
  submit(world, "2", job(4, 600));
  world.pass_time(3600s);
  submit(world, "3", job(4));
  submit(world, "4", other);
  const auto known = forecast(world);
  CHECK(known->shares.at("vision").usage == Approx(8 * 3600).epsilon(0.01));
  CHECK(known->shares.at("robots/lee").usage == 0);
  CHECK(known->shares.at("vision/kim").fair_share < known->shares.at("robots/lee").fair_share);
  CHECK(known->find(4)->rank == 1);
  end(world, "1");
  CHECK(runs(world, "4"));
}

TEST_CASE("a scheduler that starts again at any event comes to the same end") {
  auto world = center();
  submit(world, "1", job(4));
  submit(world, "2", job(3));
  submit(world, "3", job(2, 30));
  world.pass_time(60s);
  end(world, "1");
  world.send<Job>("4", Job::Submit{{job(4, 90), {}, JobHold::user, {}, {}}});
  world.send<Job>("4", Job::Release{JobHold::user});
  world.run();
  end(world, "2");
  crash_everywhere<BatchScheduler>(world, [](RuleWorld& resumed) {
    for (const auto& [id, state] : resumed.all<Job>()) {
      INFO(id << " after\n" << resumed.story());
      CHECK_FALSE(std::holds_alternative<Job::Scheduled>(state));
    }
  });
}

TEST_CASE("a refused start is forgotten, and the job waits on") {
  auto world = center();
  submit(world, "1", job());
  BatchScheduler scheduler;
  for (const auto& recorded : world.log())
    if (!std::holds_alternative<JobScheduled>(recorded.event) &&
        !std::holds_alternative<JobAllocated>(recorded.event) &&
        !std::holds_alternative<JobStarted>(recorded.event))
      scheduler.apply(recorded);
  const auto owed = scheduler.resume();
  REQUIRE(owed.size() == 1);
  const auto& to = std::get<To<Job>>(owed[0].command);
  CHECK(to.id == "1");
  const auto& decision = std::get<Job::Schedule>(to.command).decision;
  CHECK(decision.attempt == 1);
  CHECK(decision.partition == "p1");
  CHECK(decision.node_ids == std::vector<std::string>{"a1"});
  CHECK(scheduler.due().empty());
  scheduler.refused(Rejected<Job>{"1", to.command, Job::Rejection::job_is_held});
  CHECK(scheduler.due().empty());
  const auto later = world.log().back().time + 61s;
  CHECK(scheduler.at(later).size() == 1);
}
