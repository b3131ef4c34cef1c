#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "actors/processes/job_record.hpp"
#include "tests/support/crash_everywhere.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

/// Batch jobs on a cluster of nodes, with all rules, placement and the processes; the test is the
/// scheduler.
namespace orrery::jobs {

inline constexpr auto* cluster = "aicenter";
inline constexpr auto* model = "a100";

inline BatchPolicy policy() {
  BatchPolicy policy;
  policy.partitions.emplace_back().name = "p1";
  return policy;
}

/// Nodes n1 … with two GPUs each, booted.
inline RuleWorld fleet(std::uint32_t node_count, const BatchPolicy& rules = policy()) {
  RuleWorld world;
  world.send<Cluster>(cluster, Cluster::Declare{{"", WhenFull::refuse, PlacementStrategy::pack}});
  for (std::uint32_t i = 1; i <= node_count; ++i)
    world.send<Node>("n" + std::to_string(i), Node::Register{{cluster, model, 2, 8, 16'384}});
  world.send<BatchPolicyRecord>(cluster, BatchPolicyRecord::Set{rules});
  world.run();
  return world;
}

inline JobSpecification specification(std::uint32_t gpu_count = 1, std::uint32_t node_count = 1) {
  JobSpecification wish;
  wish.cluster = cluster;
  wish.user = "kim";
  wish.account = "vision";
  wish.partitions = {"p1"};
  wish.name = "train";
  wish.resources.node_count = node_count;
  wish.resources.gpu_model = model;
  wish.resources.gpus_per_node = gpu_count;
  wish.resources.cpus_per_node = 2;
  wish.resources.memory_mib_per_node = 1'024;
  wish.time_limit_min = 60;
  return wish;
}

inline void submit(RuleWorld& world, const std::string& id,
                   const JobSpecification& wish = specification()) {
  JobSubmitted request;
  request.specification = wish;
  world.send<Job>(id, Job::Submit{std::move(request)});
}

inline void submit_array(RuleWorld& world, const std::string& id, std::uint32_t task_count,
                         std::uint16_t mail_types = 0) {
  JobArraySubmitted request;
  request.specification = specification();
  request.specification.mail.types = mail_types;
  for (std::uint32_t task = 0; task < task_count; ++task) request.task_ids.push_back(task * 2);
  world.send<JobArray>(id, JobArray::Submit{std::move(request)});
}

/// Its next attempt, on these nodes.
inline void schedule(RuleWorld& world, const std::string& id, std::vector<std::string> node_ids,
                     std::uint32_t time_limit_min = 60) {
  const auto state = world.state<Job>(id);
  const auto* pending = std::get_if<Job::Pending>(&state);
  REQUIRE(pending != nullptr);
  world.send<Job>(id, Job::Schedule{{pending->core.attempt + 1, "p1", std::move(node_ids),
                                     time_limit_min, false}});
}

inline void start(RuleWorld& world, const std::string& id, std::vector<std::string> node_ids,
                  const JobSpecification& wish = specification()) {
  submit(world, id, wish);
  schedule(world, id, std::move(node_ids), wish.time_limit_min);
  world.run();
  const auto state = world.state<Job>(id);
  const auto* active = std::get_if<Job::Active>(&state);
  INFO(world.story());
  REQUIRE(active != nullptr);
  REQUIRE(active->is_running);
}

inline std::uint64_t fence_of(const RuleWorld& world, const std::string& id) {
  return std::get<Job::Active>(world.state<Job>(id)).allocation.fence;
}

/// Its script ends by itself.
inline void exit(RuleWorld& world, const std::string& id, std::uint32_t code = 0) {
  world.send<Job>(id, Job::ReportExited{fence_of(world, id), {code, {}, true, ""}});
  world.run();
}

inline void stop(RuleWorld& world, const std::string& id,
                 JobStopReason reason = JobStopReason::cancelled, bool goes_back = false) {
  world.send<Job>(id, Job::Stop{{reason, 0, "kim", goes_back}, 0});
  world.run();
}

inline void use(RuleWorld& world, const std::string& id, std::uint8_t gpu_percent) {
  world.send<Job>(id, Job::ReportUtilisation{fence_of(world, id), gpu_percent});
  world.run();
}

inline void pass(RuleWorld& world, std::chrono::seconds span) {
  world.pass_time(span);
  world.run();
}

template <class State>
bool is(const RuleWorld& world, const std::string& id) {
  return std::holds_alternative<State>(world.state<Job>(id));
}

/// All that happened to one stream, of one kind.
template <class E>
std::vector<E> events_of(const RuleWorld& world, const std::string& stream) {
  std::vector<E> events;
  for (const auto& recorded : world.log())
    if (recorded.stream == stream)
      if (const auto* event = std::get_if<E>(&recorded.event)) events.push_back(*event);
  return events;
}

inline std::optional<JobEnded> end_of(const RuleWorld& world, const std::string& id) {
  const auto ends = events_of<JobEnded>(world, "job/" + id);
  return ends.empty() ? std::nullopt : std::optional(ends.back());
}

/// Types of the mails that were noted, in their order.
inline std::vector<std::uint16_t> mails_of(const RuleWorld& world, const std::string& id) {
  std::vector<std::uint16_t> types;
  for (const auto& mail : events_of<JobMailNoted>(world, "job/" + id)) types.push_back(mail.type);
  return types;
}

/// Events in, commands out: every event from `first` on, and what was owed after it.
inline std::string script(const RuleWorld& world, std::size_t first) {
  Placement placement;
  JobProcess process;
  std::string text;
  const auto owe = [&](std::vector<OwedCommand> owed) {
    for (const auto& command : owed) text.append("    ").append(command_text(command)).append("\n");
  };
  for (std::size_t i = 0; i < world.log().size(); ++i) {
    const auto& recorded = world.log()[i];
    if (i == first) placement.resume(), process.resume();
    placement.apply(recorded), process.apply(recorded);
    if (i < first) continue;
    text.append(recorded.stream).append(" ").append(name_of(recorded.event)).append("\n");
    owe(placement.due()), owe(process.at(recorded.time));
  }
  return text;
}

/// Who has a GPU runs, nobody is on the way, and nothing is owed or remembered that needn't be.
inline void check_at_rest(const RuleWorld& world) {
  INFO(world.story());
  std::size_t held = 0, gpus_running = 0, alive = 0, open = 0, places = 0;
  for (const auto& [id, gpu] : world.all<Gpu>())
    held += std::get<Gpu::Registered>(gpu).lease_id.empty() ? 0 : 1;
  for (const auto& [id, job] : world.all<Job>()) {
    CHECK_FALSE(std::holds_alternative<Job::Scheduled>(job));
    CHECK_FALSE(std::holds_alternative<Job::Exited>(job));
    if (const auto* active = std::get_if<Job::Active>(&job)) {
      CHECK(active->is_running);
      CHECK_FALSE(active->stop.has_value());
      for (const auto& place : active->allocation.places) gpus_running += place.gpu_indices.size();
      places += active->allocation.places.size();
    }
    alive += std::holds_alternative<Job::Active>(job) || std::holds_alternative<Job::Pending>(job);
  }
  CHECK(held == gpus_running);
  CHECK(world.job_process().job_count() == alive);
  for (const auto& [id, lease] : world.all<Lease>()) {
    CHECK_FALSE(std::holds_alternative<Lease::Waiting>(lease));
    open += std::holds_alternative<Lease::Granted>(lease);
  }
  CHECK(open == places);
  const auto size = world.log().size();
  CHECK(command_text(world.owed_by<Placement>(size, size)).empty());
  CHECK(command_text(world.owed_by<JobProcess>(size, size)).empty());
}

inline void crash_everywhere(const RuleWorld& world) {
  orrery::crash_everywhere<JobProcess, Placement>(world, check_at_rest);
}

inline void check_scenario(const std::string& name, const RuleWorld& world, std::size_t first) {
  check_golden("scenarios/" + name + ".txt", script(world, first));
  check_at_rest(world);
  crash_everywhere(world);
}

}  // namespace orrery::jobs
