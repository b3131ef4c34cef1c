#include "actors/batch/plan.hpp"

#include <catch2/catch.hpp>

#include "tests/support/batch_scene.hpp"

using namespace orrery;
using batch::WaitReason;
using Ids = std::vector<std::uint32_t>;

namespace {

/// A minute, in seconds.
constexpr std::int64_t minute = 60;

}  // namespace

TEST_CASE("jobs start where there is room, on the fullest node that will do") {
  auto scene = two_nodes();
  scene.submit(BatchScene::job(2, 60));
  scene.submit(BatchScene::job(3, 60));
  scene.submit(BatchScene::job(2, 60));
  const auto plan = scene.pass();
  REQUIRE(started(plan) == Ids{1, 2, 3});
  CHECK(plan.starts[0].node_ids == std::vector<std::string>{"a1"});
  CHECK(plan.starts[1].node_ids == std::vector<std::string>{"a2"});
  CHECK(plan.starts[2].node_ids == std::vector<std::string>{"a1"});
  CHECK_FALSE(plan.starts[2].is_backfilled);
}

TEST_CASE("the job with the higher priority comes first, then the older one") {
  BatchScene scene;
  scene.add_node("a1", "a100", 1);
  scene.submit(BatchScene::job(), 5);
  scene.submit(BatchScene::job(), 9);
  scene.submit(BatchScene::job(), 9);
  CHECK(started(scene.pass()) == Ids{2});
  CHECK(scene.forecast(3).rank == 1);
  CHECK(scene.forecast(1).rank == 2);
}

TEST_CASE("partitions of a higher tier come before any priority") {
  BatchScene scene;
  scene.add_node("a1", "a100", 1);
  auto copy = scene.partition_of("p");
  copy.name = "urgent";
  copy.priority_tier = 2;
  scene.policy.partitions.push_back(copy);
  scene.submit(BatchScene::job(), 900);
  auto urgent = BatchScene::job();
  urgent.partitions = {"urgent"};
  scene.submit(urgent, 1);
  CHECK(started(scene.pass()) == Ids{2});
}

TEST_CASE("a small job goes ahead where it is over before the first one can start") {
  auto scene = two_nodes();
  scene.submit(BatchScene::job(4, 100));
  scene.submit(BatchScene::job(2, 50));
  scene.pass();
  auto large = BatchScene::job(4, 60);
  large.resources.node_count = 2;
  scene.submit(large, 9);
  scene.submit(BatchScene::job(2, 100), 5);
  scene.submit(BatchScene::job(2, 101), 6);
  const auto plan = scene.pass();
  REQUIRE(started(plan) == Ids{4});
  CHECK(plan.starts[0].is_backfilled);
  const auto* first = plan.forecast->find(3);
  REQUIRE(first != nullptr);
  CHECK(first->reason == WaitReason::resources);
  CHECK(first->is_reserved);
  CHECK(first->expected_start_s == scene.now_s + 100 * minute);
  CHECK(
      plan.forecast->details.at(3) ==
      "needs 4 GPUs on each of 2 nodes; most free on one now: 2; a1 has room when job 1 has ended");
  CHECK(plan.forecast->find(5)->reason == WaitReason::priority);
}

TEST_CASE("without backfill nobody passes the first job of a partition") {
  auto scene = two_nodes();
  scene.add_node("b1", "a40", 8, "q");
  scene.policy.backfill.is_on = false;
  scene.submit(BatchScene::job(3, 100));
  scene.pass();
  scene.submit(BatchScene::job(4, 60), 9);
  scene.pass();
  scene.submit(BatchScene::job(4, 60), 9);
  scene.submit(BatchScene::job(1, 1), 5);
  auto other = BatchScene::job(1, 60);
  other.partitions = {"q"};
  scene.submit(other, 1);
  CHECK(started(scene.pass()) == Ids{5});
  scene.policy.backfill.is_on = true;
  CHECK(started(scene.pass()) == Ids{4});
}

TEST_CASE("the first to wait for GPUs of a model keeps its place however many wait for others") {
  BatchScene scene;
  scene.add_node("a1", "a100", 2);
  scene.add_node("b1", "a40", 2);
  scene.policy.backfill.reservation_count = 1;
  const auto of = [](const char* model, std::uint32_t gpus, std::uint32_t minutes) {
    auto asked = BatchScene::job(gpus, minutes);
    asked.resources.gpu_model = model;
    return asked;
  };
  scene.submit(of("a100", 2, 100));
  scene.submit(of("a40", 1, 100));
  scene.pass();
  scene.submit(of("a100", 2, 100), 9);
  scene.submit(of("a40", 2, 100), 8);
  scene.submit(of("a40", 1, 101), 7);
  CHECK(started(scene.pass()).empty());
  CHECK(scene.forecast(4).is_reserved);
}

TEST_CASE("a job may be cut down to its least time to start earlier") {
  BatchScene scene;
  scene.add_node("a1", "a100", 4);
  scene.submit(BatchScene::job(3, 90));
  scene.pass();
  scene.submit(BatchScene::job(4, 60), 9);
  auto flexible = BatchScene::job(1, 120);
  flexible.time_limit_min_least = 91;
  scene.submit(flexible);
  CHECK(started(scene.pass()).empty());
  flexible.time_limit_min_least = 30;
  scene.submit(flexible);
  const auto plan = scene.pass();
  REQUIRE(started(plan) == Ids{4});
  CHECK(plan.starts[0].time_limit_min == 90);
}

TEST_CASE("what can't start says why") {
  auto scene = two_nodes();
  const auto reason = [&](const JobSpecification& asked) {
    return scene.forecast(scene.submit(asked)).reason;
  };
  JobSubmitted held{BatchScene::job(), {}, JobHold::user, {}, {}};
  CHECK(scene.forecast(scene.submit(held)).reason == WaitReason::held_by_user);
  held.hold = JobHold::admin;
  CHECK(scene.forecast(scene.submit(held)).reason == WaitReason::held_by_admin);
  CHECK(scene.forecast(scene.submit(held)).priority == 0);
  CHECK(reason(BatchScene::job(5, 60)) == WaitReason::never_fits);

  auto later = BatchScene::job();
  later.begin_time_s = scene.now_s + 77;
  CHECK(reason(later) == WaitReason::begin_time);
  CHECK(scene.look().next_s == scene.now_s + 77);

  auto named = BatchScene::job();
  named.nodes.wanted = {"a2"};
  scene.fleet[1].is_usable = false;
  CHECK(reason(named) == WaitReason::nodes_unavailable);
  scene.fleet[1].is_usable = true;

  scene.partition_of("p").time_limit_max_min = 59;
  CHECK(reason(BatchScene::job()) == WaitReason::partition_time_limit);
  scene.partition_of("p").is_up = false;
  CHECK(reason(BatchScene::job()) == WaitReason::partition_down);
  scene.partition_of("p").is_up = true;
  scene.partition_of("p").time_limit_max_min = 0;

  scene.people.suspend("kim", {"misuse", scene.now_s + 10});
  CHECK(reason(BatchScene::job()) == WaitReason::user_suspended);
  CHECK(scene.look().next_s == scene.now_s + 10);
}

TEST_CASE("a job that waits for a limit keeps nothing from others") {
  BatchScene scene;
  scene.add_node("a1", "a100", 4);
  scene.policy.limits.gpus_max = 4;
  scene.submit(BatchScene::job(3, 60));
  scene.pass();
  scene.submit(BatchScene::job(2, 60), 9);
  auto lee = BatchScene::job(1, 600);
  lee.user = "lee";
  scene.submit(lee);
  CHECK(started(scene.pass()) == Ids{3});
}

TEST_CASE("whoever may not use a reservation stays off its nodes while it lasts") {
  BatchScene scene;
  scene.add_node("a1", "a100", 4);
  scene.policy.reservations = {
      {"course", {"a1"}, scene.now_s + 30 * minute, scene.now_s + 90 * minute, {"lee"}, {}}};
  scene.submit(BatchScene::job(1, 30));
  scene.submit(BatchScene::job(1, 31));
  auto lee = BatchScene::job(1, 600);
  lee.user = "lee";
  scene.submit(lee);
  const auto plan = scene.pass();
  CHECK(started(plan) == Ids{1, 3});
  CHECK(plan.forecast->find(2)->reason == WaitReason::reservation);
  CHECK(plan.forecast->find(2)->expected_start_s == scene.now_s + 90 * minute);
  CHECK(plan.next_s == scene.now_s + 30 * minute);
}

TEST_CASE("a job of its own node shares it with nobody") {
  auto scene = two_nodes();
  auto alone = BatchScene::job();
  alone.resources.is_exclusive = true;
  scene.submit(BatchScene::job());
  scene.submit(alone);
  scene.submit(BatchScene::job(4, 60));
  const auto plan = scene.pass();
  REQUIRE(started(plan) == Ids{1, 2});
  CHECK(plan.starts[1].node_ids == std::vector<std::string>{"a2"});
  scene.end(1);
  CHECK(started(scene.pass()) == Ids{3});
}

TEST_CASE("nodes are chosen by name, feature and exclusion") {
  auto scene = two_nodes();
  scene.add_node("b1", "a40", 8);
  scene.fleet[1].features = {"nvlink", "big"};
  auto named = BatchScene::job();
  named.nodes.wanted = {"b1"};
  auto excluding = BatchScene::job();
  excluding.nodes.excluded = {"a1", "b1"};
  auto featured = BatchScene::job();
  featured.nodes.features = {"big", "nvlink"};
  auto both = BatchScene::job();
  both.resources.node_count = 2;
  both.nodes.wanted = {"b1", "a1"};
  for (const auto& asked : {named, excluding, featured, both}) scene.submit(asked);
  const auto plan = scene.pass();
  REQUIRE(started(plan) == Ids{1, 2, 3, 4});
  CHECK(plan.starts[0].node_ids == std::vector<std::string>{"b1"});
  CHECK(plan.starts[1].node_ids == std::vector<std::string>{"a2"});
  CHECK(plan.starts[2].node_ids == std::vector<std::string>{"a2"});
  CHECK(plan.starts[3].node_ids == std::vector<std::string>{"a1", "b1"});
}

TEST_CASE("processors, memory and what others hold count as well") {
  BatchScene scene;
  scene.add_node("a1", "a100", 4);
  scene.fleet[0].lost = {1, 60, 0, 1};
  auto wide = BatchScene::job();
  wide.resources.cpus_per_node = 5;
  scene.submit(wide);
  CHECK(started(scene.pass()).empty());
  auto fits = BatchScene::job(3, 60);
  fits.resources.cpus_per_node = 4;
  scene.submit(fits);
  CHECK(started(scene.pass()) == Ids{2});
}

TEST_CASE("a node that refused a place is left alone for a while") {
  auto scene = two_nodes();
  scene.fleet[0].shunned_until_s = scene.now_s + 60;
  scene.submit(BatchScene::job());
  const auto plan = scene.pass();
  REQUIRE(started(plan) == Ids{1});
  CHECK(plan.starts[0].node_ids == std::vector<std::string>{"a2"});
}

TEST_CASE("a quality of service takes the place of another, of as few and as young jobs as do") {
  auto scene = two_nodes();
  scene.policy.kill_wait_s = 30;
  scene.policy.qos.resize(2);
  scene.policy.qos[0].name = "low";
  scene.policy.qos[0].preempt_mode = PreemptMode::requeue;
  scene.policy.qos[0].preempt_exempt_s = 100;
  scene.policy.qos[1].name = "high";
  scene.policy.qos[1].preempts = {"low"};
  scene.policy.qos[1].priority_factor_permille = 1'000;
  const auto of = [](const char* qos, std::uint32_t gpus) {
    auto asked = BatchScene::job(gpus, 600);
    asked.qos = qos;
    return asked;
  };
  scene.submit(of("low", 2));
  scene.pass();
  scene.now_s += 10;
  scene.submit(of("low", 2));
  scene.submit(of("high", 4));
  scene.pass();
  scene.submit(of("high", 2));
  CHECK(scene.look().stops.empty());  // They are exempt yet.
  scene.now_s += 100;
  // Nor does anybody go who would come first again as soon as he waits.
  scene.policy.qos[0].priority_factor_permille = 1'000;
  CHECK(scene.look().stops.empty());
  scene.policy.qos[0].priority_factor_permille = 0;
  auto plan = scene.look();
  REQUIRE(plan.stops.size() == 1);
  CHECK(plan.stops[0].job_id == 2);
  CHECK(plan.stops[0].goes_back);
  CHECK(plan.forecast->find(4)->expected_start_s == scene.now_s + 30);

  scene.book.run_of(2)->stopping_s = scene.now_s;  // Its place is on its way: nobody else goes.
  CHECK(scene.look().stops.empty());
  scene.policy.qos[0].preempt_mode = PreemptMode::off;
  scene.book.run_of(2)->stopping_s = 0;
  CHECK(scene.look().stops.empty());
}

TEST_CASE("whoever has no place kept for him is told a time by the work before him") {
  BatchScene scene;
  scene.add_node("a1", "a100", 1);
  scene.policy.backfill.reservation_count = 1;
  for (int i = 0; i < 4; ++i) scene.submit(BatchScene::job());
  scene.pass();
  CHECK(scene.forecast(2).expected_start_s == scene.now_s + 60 * minute);
  CHECK(scene.forecast(2).is_reserved);
  CHECK(scene.forecast(3).expected_start_s == scene.now_s + 120 * minute);
  CHECK_FALSE(scene.forecast(3).is_reserved);
  CHECK(scene.forecast(4).expected_start_s == scene.now_s + 180 * minute);
}
