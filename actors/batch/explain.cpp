#include "actors/batch/explain.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "actors/batch/node_fit.hpp"
#include "actors/batch/priority.hpp"

namespace orrery::batch {
namespace {

std::string when(std::int64_t at_s) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(static_cast<std::time_t>(at_s)));
}

double fair_share_of(const Forecast* forecast, const ExplainedJob& job) {
  if (forecast == nullptr) return 0;
  const auto share = forecast->shares.find(fmt::format("{}/{}", job.account, job.user));
  return share == forecast->shares.end() ? 0 : share->second.fair_share;
}

double partition_factor(const BatchPolicy& policy, const ExplainedJob& job) {
  std::uint32_t most = 0;
  for (const auto& name : job.partitions)
    if (const auto* partition = find_named(policy.partitions, name))
      most = std::max(most, partition->priority_factor_permille);
  return most / 1000.0;
}

std::vector<PriorityFactor> factors_of(const Forecast* forecast, const BatchPolicy& policy,
                                       const ExplainedJob& job, std::int64_t now_s) {
  const auto& weights = policy.weights;
  const auto* qos = find_named(policy.qos, job.qos);
  const auto cpus = std::uint64_t{job.resources.cpus_per_node} * job.resources.node_count;
  const auto size = forecast == nullptr ? 0
                                        : size_factor(weights, job.resources.node_count, cpus,
                                                      forecast->node_count, forecast->cpu_count);
  return {
      {"age", age_factor(weights, std::max(job.submitted_s, job.begin_time_s), now_s), weights.age},
      {"fair_share", fair_share_of(forecast, job), weights.fair_share},
      {"job_size", size, weights.job_size},
      {"partition", partition_factor(policy, job), weights.partition},
      {"qos", qos == nullptr ? 0 : qos->priority_factor_permille / 1000.0, weights.qos},
  };
}

/// The rule and the sentence of reasons that are the same for all jobs.
ForecastNote usual_note(WaitReason reason, const ExplainedJob& job) {
  const auto partitions = fmt::format("{}", fmt::join(job.partitions, ", "));
  switch (reason) {
    case WaitReason::none:
      return {"scheduler", "the scheduler hasn't looked at it yet"};
    case WaitReason::priority:
      return {"backfill", "others come first, and it fits nowhere without delaying them"};
    case WaitReason::resources:
      return {"backfill", "it is next, and what it needs is not free"};
    case WaitReason::held_by_user:
      return {"job.hold", fmt::format("held by its user until \"scontrol release {}\"", job.id)};
    case WaitReason::held_by_admin:
      return {"job.hold", "held by an operator, who alone can release it"};
    case WaitReason::begin_time:
      return {"job.begin_time", fmt::format("starts no earlier than {}", when(job.begin_time_s))};
    case WaitReason::dependency:
      return {"job.dependency", "what it depends on hasn't happened yet"};
    case WaitReason::dependency_never_satisfied:
      return {"job.dependency", "what it depends on can't happen any more; cancel or change it"};
    case WaitReason::array_task_limit:
      return {"job.array", "as many tasks of its array run as may at once"};
    case WaitReason::running_limit:
      return {"limits.running_max", "its user or team runs as many jobs as they may"};
    case WaitReason::gpu_limit:
      return {"limits.gpus_max", "its user or team has as many GPUs as they may"};
    case WaitReason::qos_limit:
      return {fmt::format("qos.{}", job.qos), "its quality of service allows its user no more"};
    case WaitReason::partition_down:
      return {"partitions.is_up", fmt::format("no partition of it is up: {}", partitions)};
    case WaitReason::partition_time_limit:
      return {"partitions.time_limit_max",
              fmt::format("its time limit is longer than allowed in {}", partitions)};
    case WaitReason::never_fits:
      return {"partitions.nodes",
              fmt::format("no node of {} could ever hold {} GPUs, {} CPUs and {} MiB", partitions,
                          job.resources.gpus_per_node, job.resources.cpus_per_node,
                          job.resources.memory_mib_per_node)};
    case WaitReason::nodes_unavailable:
      return {"nodes",
              fmt::format("too few of the nodes that could hold it take work in {}", partitions)};
    case WaitReason::reservation:
      return {"reservations", "nodes that it would fit on are reserved for others"};
    case WaitReason::user_suspended:
      return {"user", fmt::format("{} is suspended", job.user)};
  }
  return {};
}

WaitReason reason_of(const JobForecast* found, const ExplainedJob& job) {
  if (job.hold == JobHold::user) return WaitReason::held_by_user;
  if (job.hold == JobHold::admin) return WaitReason::held_by_admin;
  return found == nullptr ? WaitReason::none : found->reason;
}

void add_place_in_line(Explanation& why) {
  if (why.reason != WaitReason::priority || why.rank < 2) return;
  why.sentence += fmt::format("; {} of {} come first", why.rank - 1, why.waiting_count);
}

}  // namespace

Explanation explain(const Forecast* forecast, const BatchPolicy& policy, const ExplainedJob& job,
                    std::int64_t now_s) {
  const auto* found = forecast == nullptr ? nullptr : forecast->find(job.id);
  Explanation why;
  why.reason = reason_of(found, job);
  why.nice = job.nice;
  why.factors = factors_of(forecast, policy, job, now_s);
  auto note = usual_note(why.reason, job);
  if (found != nullptr) {
    why.priority = found->priority;
    why.rank = found->rank;
    why.waiting_count = static_cast<std::uint32_t>(forecast->jobs.size());
    why.expected_start_s = found->expected_start_s;
    why.is_reserved = found->is_reserved;
    if (found->note != 0 && found->reason == why.reason) note = forecast->notes[found->note];
  }
  why.rule = std::move(note.rule);
  why.sentence = std::move(note.sentence);
  add_place_in_line(why);
  const bool waits_for_room =
      why.reason == WaitReason::priority || why.reason == WaitReason::resources;
  if (forecast != nullptr && waits_for_room)
    if (const auto detail = forecast->details.find(job.id); detail != forecast->details.end())
      why.sentence += ": " + detail->second;
  return why;
}

}  // namespace orrery::batch
