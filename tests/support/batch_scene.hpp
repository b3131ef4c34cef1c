#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/batch/plan.hpp"
#include "actors/batch/timeline.hpp"

namespace orrery {

/// A cluster with its queue, for tests of the plan: what is planned happens at once, and every job
/// runs as long as it was told to, or its whole time.
class BatchScene {
 public:
  BatchScene() {
    policy.kill_wait_s = 0;
    policy.weights = {};
    policy.weights.fair_share = 0;
    policy.weights.age = 0;
    policy.weights.job_size = 0;
  }

  void add_node(const std::string& id, const std::string& model, std::uint32_t gpus,
                const std::string& partition = "p") {
    batch::FleetNode node;
    node.size = {id, model, gpus, 64, 512 * 1024};
    node.number = static_cast<std::uint32_t>(fleet.size());
    node.is_usable = true;
    fleet.push_back(node);
    policy.nodes.push_back({id, {}});
    partition_of(partition).nodes.push_back(id);
  }

  BatchPartition& partition_of(const std::string& name) {
    for (auto& partition : policy.partitions)
      if (partition.name == name) return partition;
    policy.partitions.push_back({});
    policy.partitions.back().name = name;
    return policy.partitions.back();
  }

  /// One GPU of any model for an hour of kim's, on one node.
  static JobSpecification job() {
    JobSpecification asked;
    asked.cluster = "c";
    asked.user = "kim";
    asked.account = "vision";
    asked.partitions = {"p"};
    asked.resources.gpus_per_node = 1;
    asked.time_limit_min = 60;
    return asked;
  }

  static JobSpecification job(std::uint32_t gpus, std::uint32_t minutes) {
    auto asked = job();
    asked.resources.gpus_per_node = gpus;
    asked.time_limit_min = minutes;
    return asked;
  }

  /// Higher priorities come first; 0: the policy's.
  std::uint32_t submit(const JobSpecification& asked, std::uint32_t priority = 0) {
    return submit(JobSubmitted{asked, {}, JobHold::none, {}, {}}, priority);
  }

  std::uint32_t submit(const JobSubmitted& event, std::uint32_t priority = 0) {
    const auto id = ++last_id_;
    const auto& asked = event.specification;
    book.submit(id, event, people.association_of(asked.account, asked.user), now_s);
    book.find(id)->priority = priority;
    return id;
  }

  /// What would be planned now; nothing of it happens.
  batch::Plan look() {
    const std::vector<double> usages(people.associations().size());
    const auto shares = batch::shares_of(people, usages);
    return batch::plan({book, people, shares}, fleet, policy, now_s);
  }

  /// What is planned happens.
  batch::Plan pass() {
    auto planned = look();
    for (const auto& stop : planned.stops) end(stop.job_id, JobOutcome::preempted);
    for (const auto& start : planned.starts) {
      auto& job = *book.find(start.job_id);
      batch::Run run;
      run.nodes = start.nodes;
      run.time_limit_min = start.time_limit_min;
      run.placed_s = now_s;
      ++job.attempt;
      book.place(job, run);
      book.start(job, now_s);
      started_s[start.job_id] = now_s;
    }
    return planned;
  }

  void end(std::uint32_t id, JobOutcome outcome = JobOutcome::completed) {
    book.end(*book.find(id), outcome);
  }

  /// Time passes until a job ends, and another pass is made; false where none runs.
  bool next_end() {
    auto next_s = batch::never_s;
    for (const auto& [id, run] : book.runs())
      next_s = std::min(next_s, run.started_s + runs_for_s(id, run));
    if (next_s == batch::never_s) return false;
    now_s = next_s;
    std::vector<std::uint32_t> ended;
    for (const auto& [id, run] : book.runs())
      if (run.started_s + runs_for_s(id, run) <= now_s) ended.push_back(id);
    for (const auto id : ended) end(id);
    pass();
    return true;
  }

  bool runs(std::uint32_t id) { return book.run_of(id) != nullptr; }

  batch::JobForecast forecast(std::uint32_t id) {
    const auto planned = look();
    const auto* found = planned.forecast->find(id);
    return found == nullptr ? batch::JobForecast{} : *found;
  }

  BatchPolicy policy;
  std::vector<batch::FleetNode> fleet;
  batch::JobBook book;
  batch::People people;
  std::int64_t now_s = 1'000'000;
  /// Jobs that end before their time, after so many seconds.
  std::map<std::uint32_t, std::int64_t> real_time_s;
  std::map<std::uint32_t, std::int64_t> started_s;

 private:
  std::int64_t runs_for_s(std::uint32_t id, const batch::Run& run) const {
    const auto limit_s = std::int64_t{run.time_limit_min} * 60;
    const auto real = real_time_s.find(id);
    return real == real_time_s.end() ? limit_s : std::min(limit_s, real->second);
  }

  std::uint32_t last_id_ = 0;
};

/// Two nodes of four A100.
inline BatchScene two_nodes() {
  BatchScene scene;
  scene.add_node("a1", "a100", 4);
  scene.add_node("a2", "a100", 4);
  return scene;
}

inline std::vector<std::uint32_t> started(const batch::Plan& plan) {
  std::vector<std::uint32_t> ids;
  for (const auto& start : plan.starts) ids.push_back(start.job_id);
  return ids;
}

}  // namespace orrery
