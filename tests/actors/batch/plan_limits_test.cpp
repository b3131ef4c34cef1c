#include <catch2/catch.hpp>

#include "tests/support/batch_scene.hpp"

using namespace orrery;
using batch::WaitReason;
using Ids = std::vector<std::uint32_t>;

TEST_CASE("users, teams and qualities of service have their limits") {
  BatchScene scene;
  scene.add_node("a1", "a100", 8);
  auto lee = BatchScene::job(2, 60);
  lee.user = "lee";

  SECTION("jobs of a user") {
    scene.policy.limits.running_max = 1;
    scene.submit(BatchScene::job());
    scene.submit(BatchScene::job());
    scene.submit(lee);
    const auto plan = scene.pass();
    CHECK(started(plan) == Ids{1, 3});
    CHECK(plan.forecast->find(2)->reason == WaitReason::running_limit);
    CHECK(plan.forecast->notes[plan.forecast->find(2)->note].sentence ==
          "kim runs 1 jobs, 1 at most");
  }
  SECTION("GPUs of a user, who has a limit of his own") {
    CenterGrant grant;
    grant.team = "vision";
    grant.limits.gpus_max = 3;
    scene.people.approve("lee", grant);
    scene.submit(lee);
    scene.submit(lee);
    CHECK(started(scene.pass()) == Ids{1});
    CHECK(scene.forecast(2).reason == WaitReason::gpu_limit);
  }
  SECTION("GPUs of a team, with all that belongs to it") {
    CenterTeamSet whole;
    whole.limits.gpus_max = 3;
    scene.people.set_team("lab", whole);
    CenterTeamSet part;
    part.parent = "lab";
    scene.people.set_team("vision", part);
    scene.submit(lee);
    scene.submit(BatchScene::job(2, 60));
    CHECK(started(scene.pass()) == Ids{1});
    CHECK(scene.forecast(2).reason == WaitReason::gpu_limit);
  }
  SECTION("jobs of a user in a quality of service") {
    scene.policy.qos = {{}};
    scene.policy.qos[0].name = "debug";
    scene.policy.qos[0].jobs_max = 1;
    auto debug = BatchScene::job();
    debug.qos = "debug";
    scene.submit(debug);
    scene.submit(debug);
    scene.submit(BatchScene::job());
    CHECK(started(scene.pass()) == Ids{1, 3});
    CHECK(scene.forecast(2).reason == WaitReason::qos_limit);
  }
  SECTION("tasks of an array") {
    JobArraySubmitted array{lee, {0, 1, 2}, 2, JobHold::none, {}, {}};
    scene.book.submit_array(1, array);
    for (std::uint32_t task = 0; task < 3; ++task)
      scene.submit(JobSubmitted{lee, JobArrayTask{1, task, 2}, JobHold::none, {}, {}});
    CHECK(started(scene.pass()) == Ids{1, 2});
    CHECK(scene.forecast(3).reason == WaitReason::array_task_limit);
    scene.end(1);
    CHECK(started(scene.pass()) == Ids{3});
  }
}

TEST_CASE("dependencies are waited for, or never come true") {
  BatchScene scene;
  scene.add_node("a1", "a100", 8);
  const auto after = [&](JobDependencyKind kind, std::uint32_t id) {
    auto asked = BatchScene::job();
    asked.dependencies = {{kind, id}};
    return scene.submit(asked);
  };
  using Kind = JobDependencyKind;
  const auto first = scene.submit(BatchScene::job());
  const auto started_after = after(Kind::after, first);
  const auto any = after(Kind::after_any, first);
  const auto ok = after(Kind::after_ok, first);
  const auto not_ok = after(Kind::after_not_ok, first);
  CHECK(started(scene.pass()) == Ids{first});
  CHECK(started(scene.pass()) == Ids{started_after});
  CHECK(scene.forecast(any).reason == WaitReason::dependency);

  SECTION("of a job that completes") {
    scene.end(first, JobOutcome::completed);
    CHECK(started(scene.pass()) == Ids{any, ok});
    CHECK(scene.forecast(not_ok).reason == WaitReason::dependency_never_satisfied);
  }
  SECTION("of a job that fails") {
    scene.end(first, JobOutcome::failed);
    CHECK(started(scene.pass()) == Ids{any, not_ok});
    CHECK(scene.forecast(ok).reason == WaitReason::dependency_never_satisfied);
  }
  SECTION("one of several is enough where it says so") {
    auto asked = BatchScene::job();
    asked.dependencies = {{Kind::after_ok, first}, {Kind::after_any, started_after}};
    asked.any_dependency = true;
    const auto either = scene.submit(asked);
    scene.end(started_after, JobOutcome::failed);
    CHECK(started(scene.pass()) == Ids{either});
  }
  SECTION("who has started once has started, though he waits again") {
    scene.book.take_back(*scene.book.find(first));
    const auto late = after(Kind::after, first);
    CHECK(scene.forecast(late).reason == WaitReason::none);
  }
  SECTION("a job that is the only one of its name") {
    auto asked = BatchScene::job();
    asked.name = "nightly";
    const auto older = scene.submit(asked);
    asked.dependencies = {{Kind::singleton, 0}};
    const auto younger = scene.submit(asked);
    CHECK(started(scene.pass()) == Ids{older});
    scene.end(older);
    CHECK(started(scene.pass()) == Ids{younger});
  }
}

TEST_CASE("dependencies on an array are on all of its tasks, or on the corresponding one") {
  BatchScene scene;
  scene.add_node("a1", "a100", 8);
  const auto asked = BatchScene::job();
  scene.book.submit_array(1, {asked, {3, 5}, 0, JobHold::none, {}, {}});
  for (const auto task : {3U, 5U})
    scene.submit(JobSubmitted{asked, JobArrayTask{1, task, 0}, JobHold::none, {}, {}});
  auto all = asked;
  all.dependencies = {{JobDependencyKind::after_ok, 1}};
  const auto after_all = scene.submit(all);
  all.dependencies = {{JobDependencyKind::after_corresponding, 1}};
  scene.book.submit_array(4, {all, {3, 5}, 0, JobHold::none, {}, {}});
  for (const auto task : {3U, 5U})
    scene.submit(JobSubmitted{all, JobArrayTask{4, task, 0}, JobHold::none, {}, {}});
  CHECK(started(scene.pass()) == Ids{1, 2});
  scene.end(2);
  CHECK(started(scene.pass()) == Ids{5});
  CHECK(scene.forecast(after_all).reason == WaitReason::dependency);
  scene.end(1, JobOutcome::failed);
  CHECK(started(scene.pass()).empty());
  CHECK(scene.forecast(after_all).reason == WaitReason::dependency_never_satisfied);
  CHECK(scene.forecast(4).reason == WaitReason::dependency_never_satisfied);
}
