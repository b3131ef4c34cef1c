#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/support/batch_scene.hpp"

using namespace orrery;

namespace {

/// Jobs as some center may get them: a few nodes, many shapes.
struct RandomJob {
  std::uint32_t gpus = 1;
  std::uint32_t nodes = 1;
  std::uint32_t minutes = 1;
  std::uint32_t priority = 1;
  /// Of its time limit, in percent.
  std::uint32_t real_percent = 100;
  bool is_exclusive = false;
};

std::vector<RandomJob> random_jobs(bool end_early) {
  std::vector<RandomJob> jobs(*rc::gen::inRange<std::size_t>(2, 30));
  for (auto& job : jobs) {
    job.gpus = *rc::gen::inRange(1U, 5U);
    job.nodes = *rc::gen::element(1U, 1U, 1U, 2U, 3U);
    job.minutes = *rc::gen::inRange(1U, 200U);
    job.priority = *rc::gen::inRange(1U, 4U);
    job.is_exclusive = *rc::gen::inRange(0, 8) == 0;
    if (end_early) job.real_percent = *rc::gen::inRange(1U, 101U);
  }
  return jobs;
}

BatchScene scene_of(bool backfill, std::uint32_t reservations) {
  BatchScene scene;
  for (const auto* node : {"n1", "n2", "n3"}) scene.add_node(node, "a100", 4);
  scene.policy.backfill.is_on = backfill;
  scene.policy.backfill.reservation_count = reservations;
  return scene;
}

std::uint32_t submit(BatchScene& scene, const RandomJob& job) {
  auto asked = BatchScene::job(job.gpus, job.minutes);
  asked.resources.node_count = job.nodes;
  asked.resources.is_exclusive = job.is_exclusive;
  const auto id = scene.submit(asked, job.priority);
  scene.real_time_s[id] = std::max<std::int64_t>(1, job.minutes * 60LL * job.real_percent / 100);
  return id;
}

/// No node holds more than it has, and who wants a node for himself has it.
void check_room(BatchScene& scene) {
  std::vector<std::uint32_t> gpus(scene.fleet.size());
  std::vector<std::uint32_t> tenants(scene.fleet.size());
  for (const auto& [id, run] : scene.book.runs()) {
    const auto& resources = scene.book.shapes()[scene.book.find(id)->shape].resources;
    RC_ASSERT(run.nodes.size() == resources.node_count);
    for (const auto node : run.nodes) {
      gpus[node] += resources.gpus_per_node;
      ++tenants[node];
    }
  }
  for (const auto& [id, run] : scene.book.runs())
    for (const auto node : run.nodes) {
      RC_ASSERT(gpus[node] <= 4U);
      if (scene.book.shapes()[scene.book.find(id)->shape].resources.is_exclusive)
        RC_ASSERT(tenants[node] == 1U);
    }
}

}  // namespace

TEST_CASE("every job runs once in the end, and no node is overfull") {
  CHECK(rc::check([] {
    auto scene = scene_of(*rc::gen::arbitrary<bool>(), *rc::gen::inRange(1U, 20U));
    for (const auto& job : random_jobs(true)) {
      submit(scene, job);
      scene.pass();
      check_room(scene);
    }
    while (scene.next_end()) check_room(scene);
    RC_ASSERT(scene.book.waiting_count() == 0U);
  }));
}

TEST_CASE("the first job never starts later than without backfill") {
  CHECK(rc::check([] {
    const auto jobs = random_jobs(false);
    auto with = scene_of(true, *rc::gen::inRange(1U, 20U));
    auto without = scene_of(false, 1);
    // Some run already when the queue forms; the first of it is the same for both.
    const auto running = *rc::gen::inRange<std::size_t>(0, jobs.size());
    for (auto* scene : {&with, &without}) {
      for (std::size_t i = 0; i < running; ++i) {
        submit(*scene, jobs[i]);
        scene->pass();
      }
    }
    RC_PRE(with.book.runs().size() == without.book.runs().size());
    for (const auto& [id, run] : with.book.runs())
      // In brackets: the macro's && asks for both sides at once.
      RC_PRE((without.book.runs().contains(id) && without.book.runs().at(id).nodes == run.nodes));
    auto first = jobs.back();
    first.priority = 1'000;
    const auto id = submit(with, first);
    submit(without, first);
    for (std::size_t i = running; i < jobs.size(); ++i) {
      submit(with, jobs[i]);
      submit(without, jobs[i]);
    }
    with.pass();
    without.pass();
    while (!with.started_s.contains(id) && with.next_end()) {
    }
    while (!without.started_s.contains(id) && without.next_end()) {
    }
    RC_ASSERT(with.started_s.at(id) <= without.started_s.at(id));
  }));
}

TEST_CASE("who has a place kept for him starts no later, however early others end") {
  CHECK(rc::check([] {
    auto scene = scene_of(true, *rc::gen::inRange(1U, 5U));
    for (const auto& job : random_jobs(true)) submit(scene, job);
    auto first = random_jobs(true).front();
    first.priority = 1'000;
    const auto id = submit(scene, first);
    auto promised = scene.forecast(id);
    scene.pass();
    while (!scene.started_s.contains(id)) {
      const auto now = scene.forecast(id);
      RC_ASSERT(now.is_reserved);
      RC_ASSERT(now.expected_start_s <= promised.expected_start_s);
      promised = now;
      // Those who come later, with less priority, change nothing.
      submit(scene, random_jobs(true).front());
      if (!scene.next_end()) break;
    }
    RC_ASSERT(scene.started_s.at(id) <= promised.expected_start_s);
  }));
}

TEST_CASE("the same queue is planned the same way after a snapshot") {
  CHECK(rc::check([] {
    auto scene = scene_of(true, 5);
    for (const auto& job : random_jobs(true)) {
      submit(scene, job);
      if (*rc::gen::arbitrary<bool>()) scene.pass();
    }
    const auto before = scene.look();
    std::string saved;
    scene.book.save(saved);
    scene.book.load(saved);
    const auto after = scene.look();
    RC_ASSERT(before.starts.size() == after.starts.size());
    for (std::size_t i = 0; i < before.starts.size(); ++i) {
      RC_ASSERT(before.starts[i].job_id == after.starts[i].job_id);
      RC_ASSERT(before.starts[i].nodes == after.starts[i].nodes);
    }
    for (const auto& job : before.forecast->jobs) {
      const auto* again = after.forecast->find(job.job_id);
      RC_ASSERT(again != nullptr && again->rank == job.rank &&
                again->expected_start_s == job.expected_start_s && again->reason == job.reason);
    }
  }));
}
