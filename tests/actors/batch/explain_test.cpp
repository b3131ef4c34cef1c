#include "actors/batch/explain.hpp"

#include <catch2/catch.hpp>

#include "tests/support/batch_scene.hpp"

using namespace orrery;
using batch::WaitReason;

namespace {

batch::ExplainedJob explained(std::uint32_t id, const JobSpecification& asked, std::int64_t now_s) {
  batch::ExplainedJob job;
  job.id = id;
  job.user = asked.user;
  job.account = asked.account;
  job.qos = asked.qos;
  job.partitions = asked.partitions;
  job.resources = asked.resources;
  job.begin_time_s = asked.begin_time_s;
  job.nice = asked.nice;
  job.submitted_s = now_s;
  return job;
}

}  // namespace

TEST_CASE("the next in line is told what it waits for and until when") {
  BatchScene scene;
  scene.add_node("a1", "a100", 2);
  scene.submit(BatchScene::job(2, 60));
  scene.pass();
  const auto asked = BatchScene::job(1, 60);
  const auto first = scene.submit(asked);
  const auto second = scene.submit(BatchScene::job(2, 60));
  const auto plan = scene.look();
  const auto why = batch::explain(plan.forecast.get(), scene.policy,
                                  explained(first, asked, scene.now_s), scene.now_s);
  CHECK(why.reason == WaitReason::resources);
  CHECK(why.rule == "backfill");
  CHECK(
      why.sentence ==
      "it is next, and what it needs is not free: needs 1 GPUs on one node; most free on one now: "
      "0; a1 has room when job 1 has ended");
  CHECK(why.is_reserved);
  CHECK(why.rank == 1);
  CHECK(why.waiting_count == 2);
  CHECK(why.expected_start_s == scene.now_s + 3600);

  const auto next = batch::explain(plan.forecast.get(), scene.policy,
                                   explained(second, asked, scene.now_s), scene.now_s);
  CHECK(next.reason == WaitReason::priority);
  CHECK(next.sentence.starts_with("others come first"));
  CHECK(next.sentence.find("1 of 2 come first") != std::string::npos);
}

TEST_CASE("the factors of a job's explanation add up to its priority") {
  BatchScene scene;
  scene.add_node("a1", "a100", 2);
  scene.policy.weights = {};
  scene.policy.qos.resize(1);
  scene.policy.qos[0].name = "normal";
  scene.policy.qos[0].priority_factor_permille = 250;
  scene.partition_of("p").priority_factor_permille = 500;
  scene.submit(BatchScene::job(2, 60));
  scene.pass();
  auto asked = BatchScene::job(1, 60);
  asked.qos = "normal";
  asked.nice = 17;
  const auto id = scene.submit(asked);
  const auto submitted_s = scene.now_s;
  scene.now_s += 1'000;
  const auto plan = scene.look();
  const auto why = batch::explain(plan.forecast.get(), scene.policy,
                                  explained(id, asked, submitted_s), scene.now_s);
  double sum = -why.nice;
  for (const auto& factor : why.factors) sum += factor.points();
  CHECK(why.factors.size() == 5);
  CHECK(why.priority == Approx(sum).margin(1));
  CHECK(why.priority > 2'500);
}

TEST_CASE("a rule that keeps a job waiting is named with its numbers") {
  BatchScene scene;
  scene.add_node("a1", "a100", 2);
  scene.policy.limits.gpus_max = 1;
  scene.submit(BatchScene::job());
  scene.pass();
  const auto id = scene.submit(BatchScene::job());
  const auto plan = scene.look();
  auto job = explained(id, BatchScene::job(), scene.now_s);
  const auto why = batch::explain(plan.forecast.get(), scene.policy, job, scene.now_s);
  CHECK(why.rule == "limits.gpus_max");
  CHECK(why.sentence == "kim has 1 GPUs, 1 at most at once");
  job.hold = JobHold::user;  // Since the last pass.
  CHECK(batch::explain(plan.forecast.get(), scene.policy, job, scene.now_s).sentence ==
        "held by its user until \"scontrol release 2\"");
}

TEST_CASE("a job that nobody has looked at says so") {
  BatchScene scene;
  const auto why =
      batch::explain(nullptr, scene.policy, explained(1, BatchScene::job(), 5), scene.now_s);
  CHECK(why.reason == WaitReason::none);
  CHECK(why.sentence == "the scheduler hasn't looked at it yet");
  CHECK(why.expected_start_s == 0);
}

TEST_CASE("every reason has a word of Slurm's") {
  CHECK(batch::to_slurm_word(WaitReason::none) == "None");
  CHECK(batch::to_slurm_word(WaitReason::held_by_user) == "JobHeldUser");
  CHECK(batch::to_slurm_word(WaitReason::running_limit) == "AssocMaxJobsLimit");
  for (unsigned reason = 0; reason <= static_cast<unsigned>(WaitReason::user_suspended); ++reason)
    CHECK_FALSE(batch::to_slurm_word(static_cast<WaitReason>(reason)).empty());
}
