#include <catch2/catch.hpp>

#include "sim/fork/fork_comparison.hpp"
#include "sim/fork/fork_policy.hpp"
#include "sim/fork/forked_life.hpp"
#include "sim/job_workload.hpp"
#include "sim/life.hpp"
#include "sim/virtual_clock.hpp"

using namespace orrery;

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto model = "A40-48GB";

/// A small center that lives in virtual time, and is written down.
class Center {
 public:
  Center() {
    life_ = std::make_unique<Life>(log, clock_, LifeConfiguration{});
    say(To<Cluster>{"center", Cluster::Declare{{"", WhenFull::queue, PlacementStrategy::pack}}});
    for (const auto& node : nodes_)
      say(To<Node>{node, Node::Register{{"center", model, 4, 64, 262'144}}});
    for (const auto& command : JobWorkload("center", nodes_).center()) say(command);
    pass(seconds(30));
  }

  void say(const AddressedCommand& command) {
    std::visit(
        [&]<class A>(const To<A>& to) {
          life_->gateway().submit<A>({to.id, to.command, Origin{"person", 0, "request"}, {}},
                                     [](const auto& answer) {
                                       REQUIRE(answer.has_value());
                                       REQUIRE_FALSE(answer->rejection.has_value());
                                     });
        },
        command);
    life_->run_all(random_);
  }

  /// A job of nodes with four GPUs each, which says that it runs for an hour more than it does.
  void submit(const std::string& id, std::uint32_t node_count, std::uint32_t run_min) {
    JobSubmitted request;
    auto& wish = request.specification;
    wish.cluster = "center";
    wish.user = node_count == 1 ? "kim" : "lee";
    wish.account = "vision";
    wish.partitions = {"p2"};
    wish.qos = "normal";
    wish.name = "job " + id;
    wish.resources.node_count = node_count;
    wish.resources.gpus_per_node = 4;
    wish.resources.gpu_model = model;
    wish.time_limit_min = run_min + 60;
    wish.rehearsal.run_time_s = run_min * 60;
    request.request_id = "request-" + id;
    say(To<Job>{id, Job::Submit{std::move(request)}});
  }

  void pass(std::chrono::microseconds span) {
    for (auto left = span; left.count() > 0; left -= seconds(1)) {
      clock_.advance(seconds(1));
      life_->advance(seconds(1));
      life_->run_all(random_);
    }
  }

  Time now() const { return clock_.now(); }

  MemoryEventLog log;

 private:
  std::vector<std::string> nodes_{"n1", "n2"};
  VirtualClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Life> life_;
};

struct Forked {
  Forked(const Center& center, Position position, std::string_view policy) {
    const auto copy = copy_log(center.log, position, log, {});
    REQUIRE(copy.has_value());
    const auto in_force = policies_in_force(log);
    REQUIRE(in_force.has_value());
    auto change = fork_change_named(policy, *in_force, [](const std::string& name) {
      return boost::system::result<BatchPolicy, ForkFailure>(ForkFailure{"no policy " + name});
    });
    REQUIRE(change.has_value());
    REQUIRE(mark_fork(*copy, std::string(policy), log).has_value());
    const auto asked = asked_after(center.log, copy->position);
    REQUIRE(asked.has_value());
    ForkedLifeSettings settings{std::move(*change), center.now(), 1, {}};
    life = live_on(log, *asked, settings);
    auto compared = compare_fork(center.log, log, copy->position, center.now(), 2.0);
    REQUIRE(compared.has_value());
    comparison = std::move(*compared);
  }

  MemoryEventLog log;
  ForkedLife life;
  ForkComparison comparison;
};

Forked forked(const Center& center, Position position, std::string_view policy) {
  return Forked(center, position, policy);
}

std::int64_t wait_s(const ForkComparison& comparison, const TraceResult& result, std::size_t job) {
  REQUIRE(result.jobs.size() > job);
  if (result.jobs[job].start_ms < 0) return -1;
  return (result.jobs[job].start_ms - comparison.trace.jobs[job].submit_ms) / 1'000;
}

/// One node is taken for two hours; who wants both waits; a short one could pass him.
Position play_a_queue(Center& center) {
  const auto fork = center.log.head();
  center.submit("1", 1, 120);
  center.pass(minutes(1));
  center.submit("2", 2, 30);
  center.pass(minutes(1));
  center.submit("3", 1, 20);
  center.pass(minutes(240));
  return fork;
}

}  // namespace

TEST_CASE("a fork without a change repeats the original") {
  Center center;
  const auto fork = play_a_queue(center);
  const auto result = forked(center, fork, "as-is");
  CHECK(result.life.refused.empty());
  CHECK(result.life.repeated_count == 3);
  REQUIRE(result.comparison.trace.jobs.size() == 3);
  for (std::size_t job = 0; job < 3; ++job) {
    const auto original = wait_s(result.comparison, result.comparison.original, job);
    REQUIRE(original >= 0);
    CHECK(std::abs(wait_s(result.comparison, result.comparison.fork, job) - original) <= 10);
  }
  CHECK(std::abs(result.comparison.original.gpu_hours - result.comparison.fork.gpu_hours) < 0.1);
  CHECK(result.comparison.original.cost == Approx(result.comparison.original.gpu_hours * 2));
}

TEST_CASE("strictly in order, a short job waits that had passed a long one") {
  Center center;
  const auto fork = play_a_queue(center);
  const auto result = forked(center, fork, "fifo");
  CHECK(wait_s(result.comparison, result.comparison.original, 2) < 60);
  CHECK(wait_s(result.comparison, result.comparison.fork, 2) > 3'600);
  CHECK(result.comparison.fork.utilisation_permille <=
        result.comparison.original.utilisation_permille);
}

TEST_CASE("what ran at the fork ends as it did, and what was cancelled is cancelled") {
  Center center;
  center.submit("1", 2, 60);
  center.pass(minutes(10));
  const auto fork = center.log.head();
  center.submit("2", 1, 60);
  center.pass(minutes(5));
  center.say(To<Job>{"2", Job::Stop{{JobStopReason::cancelled, 0, "kim", false}, 0}});
  center.pass(minutes(90));
  const auto result = forked(center, fork, "as-is");
  REQUIRE(result.comparison.trace.jobs.size() == 2);
  CHECK(std::abs(result.comparison.fork.jobs[0].end_ms -
                 result.comparison.original.jobs[0].end_ms) < 10'000);
  CHECK(result.comparison.fork.jobs[1].start_ms == -1);
  CHECK(result.comparison.trace.jobs[1].outcome == TraceOutcome::cancelled);
}

TEST_CASE("the same fork lives the same") {
  Center center;
  const auto fork = play_a_queue(center);
  CHECK(forked(center, fork, "fifo").log.chain_hash() ==
        forked(center, fork, "fifo").log.chain_hash());
}

TEST_CASE("leases of what isn't repeated are claimed for as long as they were held") {
  Center center;
  const auto fork = center.log.head();
  LeaseRequested request;
  request.holder = "elsewhere/1";
  request.cluster = "center";
  request.gpu_model = model;
  request.gpu_count = 4;
  request.when_full = WhenFull::queue;
  center.say(To<Lease>{"elsewhere-1", Lease::Request{request}});
  center.pass(minutes(10));
  center.say(To<Lease>{"elsewhere-1", Lease::Release{}});
  center.pass(minutes(10));
  const auto result = forked(center, fork, "spread");
  REQUIRE(result.comparison.trace.jobs.size() == 1);
  CHECK(result.comparison.trace.tenants == std::vector<std::string>{"elsewhere/"});
  CHECK(result.comparison.fork.jobs[0].start_ms >= 0);
  CHECK(result.comparison.fork.gpu_hours == Approx(4 * 10.0 / 60).epsilon(0.05));
}

TEST_CASE("policies are changed by name, and by file where no name fits") {
  PoliciesInForce in_force;
  in_force.clusters["center"] = {"", WhenFull::refuse, PlacementStrategy::pack};
  in_force.batch["center"] = BatchPolicy{};
  BatchPolicy given;
  given.kill_wait_s = 7;
  const auto read =
      [&](const std::string& name) -> boost::system::result<BatchPolicy, ForkFailure> {
    if (name == "mine.toml") return given;
    return ForkFailure{"no file " + name};
  };
  const auto both = fork_change_named("fifo+spread", in_force, read);
  REQUIRE(both.has_value());
  REQUIRE(both->commands.size() == 2);
  const auto& cluster = std::get<To<Cluster>>(both->commands[0]);
  CHECK(std::get<Cluster::Declare>(cluster.command).policy.strategy == PlacementStrategy::spread);
  const auto& batch = std::get<To<BatchPolicyRecord>>(both->commands[1]);
  CHECK_FALSE(std::get<BatchPolicyRecord::Set>(batch.command).policy.backfill.is_on);
  const auto file = fork_change_named("mine.toml", in_force, read);
  REQUIRE(file.has_value());
  CHECK(std::get<BatchPolicyRecord::Set>(std::get<To<BatchPolicyRecord>>(file->commands[0]).command)
            .policy.kill_wait_s == 7);
  CHECK(fork_change_named("other", in_force, read).error().message == "no file other");
  CHECK(fork_change_named("as-is", in_force, read)->commands.empty());
  CHECK_FALSE(fork_change_named("fifo", {}, read).has_value());
}
