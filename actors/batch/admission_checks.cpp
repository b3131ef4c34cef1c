#include "actors/batch/admission_checks.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "actors/batch/node_fit.hpp"

namespace orrery::batch {
namespace {

constexpr std::uint32_t node_count_max = 64;

/// Limits of sizes and time don't bind an operator.
bool binds(const AdmissionFacts& facts) { return !facts.is_privileged; }

Objection object(Refusal why, std::string sentence) {
  return AdmissionRefused{why, std::move(sentence)};
}

/// The user's own word counts before his team's, and that before everybody's.
std::uint32_t limit_of(std::optional<std::uint32_t> CenterLimits::*limit,
                       const AdmissionFacts& facts, std::uint32_t otherwise) {
  if (facts.user != nullptr && facts.user->limits.*limit) return *(facts.user->limits.*limit);
  if (facts.team != nullptr && facts.team->limits.*limit) return *(facts.team->limits.*limit);
  return otherwise;
}

/// What caps a job that takes GPUs of any model is the most generous cap.
template <class Member>
std::uint64_t cap_per_gpu(const AdmissionFacts& facts, const JobSpecification& job, Member member) {
  std::uint64_t most = 0;
  for (const auto& cap : facts.policy->gpu_caps) {
    if (!job.resources.gpu_model.empty() && cap.gpu_model != job.resources.gpu_model) continue;
    if (cap.*member == 0) return 0;
    most = std::max<std::uint64_t>(most, cap.*member);
  }
  return most;
}

/// Of a node that the job may run on; 0 where memory isn't counted.
std::uint32_t largest_memory(const JobSpecification& job, const AdmissionFacts& facts) {
  std::uint32_t largest = 0;
  if (facts.nodes == nullptr) return largest;
  for (const auto& node : *facts.nodes)
    if (could_hold(*facts.policy, node, job.resources))
      largest = std::max(largest, node.memory_mib);
  return largest;
}

/// Of what nobody asked for there is no more than any model's cap allows; 0: no cap.
std::uint64_t least_memory_cap(const AdmissionFacts& facts, const JobSpecification& job) {
  std::uint64_t least = 0;
  for (const auto& cap : facts.policy->gpu_caps) {
    if (!job.resources.gpu_model.empty() && cap.gpu_model != job.resources.gpu_model) continue;
    const auto per_gpu = cap.memory_mib_per_gpu_max;
    if (per_gpu != 0 && (least == 0 || per_gpu < least)) least = per_gpu;
  }
  return least;
}

bool is_known_model(const AdmissionFacts& facts, const std::string& model) {
  if (gpu_cap_of(*facts.policy, model) != nullptr) return true;
  return facts.nodes != nullptr &&
         std::any_of(facts.nodes->begin(), facts.nodes->end(),
                     [&](const NodeSize& node) { return node.gpu_model == model; });
}

const BatchNode* find_node(const BatchPolicy& policy, const std::string& id) {
  const auto found = std::find_if(policy.nodes.begin(), policy.nodes.end(),
                                  [&](const BatchNode& node) { return node.id == id; });
  return found == policy.nodes.end() ? nullptr : &*found;
}

Objection check_partition(const std::string& name, const AdmissionFacts& facts) {
  const auto* partition = find_named(facts.policy->partitions, name);
  if (partition == nullptr)
    return object(Refusal::partition_is_unknown, fmt::format("there is no partition {}", name));
  const auto& classes = partition->classes;
  const auto& class_name = facts.user->class_name;
  if (!classes.empty() && !contains(classes, class_name))
    return object(Refusal::partition_is_not_for_his_class,
                  fmt::format("partition {} is not for class {}", name, class_name));
  if (!partition->is_up)
    return object(Refusal::partition_is_down, fmt::format("partition {} is down", name));
  return std::nullopt;
}

std::string usual_partition(const AdmissionFacts& facts) {
  const auto& policy = *facts.policy;
  const auto* of_class = find_named(policy.classes, facts.user->class_name);
  if (of_class != nullptr && !of_class->partition.empty()) return of_class->partition;
  for (const auto& partition : policy.partitions)
    if (partition.is_default) return partition.name;
  return {};
}

bool has_all(const BatchPartition& partition, const std::vector<std::string>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(),
                     [&](const std::string& id) { return contains(partition.nodes, id); });
}

}  // namespace

Objection check_person(const JobSpecification& job, const AdmissionFacts& facts) {
  if (facts.user == nullptr)
    return object(Refusal::user_is_unknown, fmt::format("{} is no user of this center", job.user));
  if (!facts.is_active)
    return object(Refusal::user_is_suspended, fmt::format("{} is suspended", job.user));
  return std::nullopt;
}

Objection settle_account(JobSpecification& job, const AdmissionFacts& facts) {
  const auto& own = facts.user->team;
  if (job.account.empty()) job.account = own;
  if (job.account == own || (facts.is_privileged && facts.team != nullptr)) return std::nullopt;
  return object(Refusal::account_is_not_his,
                fmt::format("{} is of account {}, not of {}", job.user, own, job.account));
}

Objection settle_qos(JobSpecification& job, const AdmissionFacts& facts) {
  const auto& policy = *facts.policy;
  if (job.qos.empty()) job.qos = policy.default_qos;
  if (job.qos.empty() || find_named(policy.qos, job.qos) != nullptr) return std::nullopt;
  return object(Refusal::qos_is_unknown, fmt::format("there is no qos {}", job.qos));
}

Objection settle_partitions(JobSpecification& job, const AdmissionFacts& facts) {
  if (job.partitions.empty())
    if (auto usual = usual_partition(facts); !usual.empty())
      job.partitions.push_back(std::move(usual));
  if (job.partitions.empty())
    return object(
        Refusal::partition_is_missing,
        fmt::format("class {} has no partition of its own; name one", facts.user->class_name));
  for (const auto& name : job.partitions)
    if (auto objection = check_partition(name, facts)) return objection;
  return std::nullopt;
}

Objection settle_nodes(JobSpecification& job, const AdmissionFacts& facts) {
  const auto& policy = *facts.policy;
  auto& resources = job.resources;
  const auto& wanted = job.nodes.wanted;
  for (const auto* names : {&wanted, &std::as_const(job.nodes.excluded)})
    for (const auto& id : *names)
      if (find_node(policy, id) == nullptr)
        return object(Refusal::node_is_unknown, fmt::format("there is no node {}", id));
  for (const auto& feature : job.nodes.features)
    if (std::none_of(policy.nodes.begin(), policy.nodes.end(),
                     [&](const BatchNode& node) { return contains(node.features, feature); }))
      return object(Refusal::feature_is_unknown,
                    fmt::format("no node has the feature {}", feature));
  resources.node_count = std::max(resources.node_count, static_cast<std::uint32_t>(wanted.size()));
  if (resources.node_count < 1 || resources.node_count > node_count_max)
    return object(Refusal::node_count_is_invalid,
                  fmt::format("{} nodes asked for, 1 to {} are possible", resources.node_count,
                              node_count_max));
  const bool some_partition_has_them =
      std::any_of(job.partitions.begin(), job.partitions.end(), [&](const std::string& name) {
        const auto* partition = find_named(policy.partitions, name);
        return partition != nullptr && has_all(*partition, wanted);
      });
  if (!some_partition_has_them)
    return object(Refusal::node_is_not_in_partition,
                  "no partition of the job has all the nodes that it asks for");
  return std::nullopt;
}

Objection check_gpus(const JobSpecification& job, const AdmissionFacts& facts) {
  const auto& limits = facts.policy->limits;
  const auto& resources = job.resources;
  const auto gpus = std::uint64_t{resources.gpus_per_node} * resources.node_count;
  if (!resources.gpu_model.empty() && !is_known_model(facts, resources.gpu_model))
    return object(Refusal::gpu_model_is_unknown,
                  fmt::format("there are no GPUs of model {}", resources.gpu_model));
  if (!binds(facts)) return std::nullopt;
  if (gpus < limits.gpus_per_job_min)
    return object(Refusal::gpus_are_too_few,
                  fmt::format("{} GPUs asked for, {} at the least (--gres=gpu:<model>:<number>)",
                              gpus, limits.gpus_per_job_min));
  auto most = limits.gpus_per_job_max;
  const auto* cap = gpu_cap_of(*facts.policy, resources.gpu_model);
  if (cap != nullptr && cap->gpus_per_job_max != 0) most = cap->gpus_per_job_max;
  most = limit_of(&CenterLimits::gpus_per_job_max, facts, most);
  if (most != 0 && gpus > most)
    return object(Refusal::gpus_are_too_many,
                  fmt::format("{} GPUs asked for, {} a job at most", gpus, most));
  return std::nullopt;
}

Objection settle_cpus(JobSpecification& job, const AdmissionFacts& facts) {
  auto& resources = job.resources;
  if (resources.task_count < 1 || resources.cpus_per_task < 1)
    return object(Refusal::task_count_is_invalid, "a job has 1 task of 1 CPU at the least");
  const auto tasks_per_node =
      (std::uint64_t{resources.task_count} + resources.node_count - 1) / resources.node_count;
  const auto needed = std::max<std::uint64_t>(
      {tasks_per_node * resources.cpus_per_task, resources.cpus_per_node, 1});
  const auto most = cap_per_gpu(facts, job, &BatchGpuCap::cpus_per_gpu_max);
  const auto gpus = resources.gpus_per_node;
  if (needed > std::numeric_limits<std::uint16_t>::max() ||
      (binds(facts) && most != 0 && gpus != 0 && needed > most * gpus))
    return object(
        Refusal::cpus_are_too_many,
        fmt::format("{} CPUs a node asked for, {} beside each GPU at most", needed, most));
  resources.cpus_per_node = static_cast<std::uint32_t>(needed);
  return std::nullopt;
}

Objection settle_memory(JobSpecification& job, const AdmissionFacts& facts) {
  auto& resources = job.resources;
  const auto per_gpu = cap_per_gpu(facts, job, &BatchGpuCap::memory_mib_per_gpu_max);
  const auto most = per_gpu * resources.gpus_per_node;
  auto& memory = resources.memory_mib_per_node;
  if (memory == 0) {
    const auto usual =
        std::uint64_t{facts.policy->limits.memory_mib_per_cpu_default} * resources.cpus_per_node;
    const auto least = least_memory_cap(facts, job) * resources.gpus_per_node;
    memory = static_cast<std::uint32_t>(least == 0 ? usual : std::min(usual, least));
    return std::nullopt;
  }
  if (memory == as_much_memory_as_allowed) {
    memory = most != 0 ? static_cast<std::uint32_t>(most) : largest_memory(job, facts);
    return std::nullopt;
  }
  if (binds(facts) && most != 0 && memory > most)
    return object(
        Refusal::memory_is_too_much,
        fmt::format("{} MiB a node asked for, {} beside each GPU at most", memory, per_gpu));
  return std::nullopt;
}

namespace {

/// 0: none of the partitions has a limit.
std::uint32_t longest_of_partitions(const JobSpecification& job, const BatchPolicy& policy) {
  std::uint32_t longest = 0;
  for (const auto& name : job.partitions) {
    const auto most = find_named(policy.partitions, name)->time_limit_max_min;
    if (most == 0) return 0;
    longest = std::max(longest, most);
  }
  return longest;
}

Objection check_longest(std::uint32_t asked, std::uint32_t most, std::string_view whose) {
  if (most == 0 || asked <= most) return std::nullopt;
  return object(Refusal::time_limit_is_too_long,
                fmt::format("{} minutes asked for, {} at most ({})", asked, most, whose));
}

}  // namespace

Objection settle_time(JobSpecification& job, const AdmissionFacts& facts) {
  const auto& policy = *facts.policy;
  if (job.time_limit_min == 0)
    job.time_limit_min =
        find_named(policy.partitions, job.partitions.front())->time_limit_default_min;
  if (job.time_limit_min == 0)
    return object(Refusal::time_limit_is_missing, "a time limit must be asked for (--time)");
  if (job.time_limit_min_least > job.time_limit_min)
    return object(Refusal::least_time_is_invalid,
                  fmt::format("the least time of {} minutes is longer than the time limit of {}",
                              job.time_limit_min_least, job.time_limit_min));
  if (!binds(facts)) return std::nullopt;
  const auto of_his =
      limit_of(&CenterLimits::time_limit_max_min, facts, policy.limits.time_limit_max_min);
  if (auto objection = check_longest(job.time_limit_min, of_his, "limit of a user"))
    return objection;
  const auto* qos = find_named(policy.qos, job.qos);
  const auto of_qos = qos == nullptr ? 0 : qos->time_limit_max_min;
  if (auto objection = check_longest(job.time_limit_min, of_qos, "limit of the qos"))
    return objection;
  return check_longest(job.time_limit_min, longest_of_partitions(job, policy),
                       "limit of the partition");
}

Objection check_fit(const JobSpecification& job, const AdmissionFacts& facts) {
  if (facts.nodes == nullptr) return std::nullopt;
  const auto& policy = *facts.policy;
  const auto& resources = job.resources;
  for (const auto& name : job.partitions) {
    const auto* partition = find_named(policy.partitions, name);
    const auto count =
        std::count_if(facts.nodes->begin(), facts.nodes->end(), [&](const NodeSize& size) {
          const auto* node = find_node(policy, size.id);
          return node != nullptr && contains(partition->nodes, size.id) &&
                 are_wishes_met(node->id, node->features, job.nodes) &&
                 could_hold(policy, size, resources);
        });
    if (static_cast<std::uint64_t>(count) >= resources.node_count) return std::nullopt;
  }
  return object(
      Refusal::never_fits,
      fmt::format(
          "no {} nodes of its partitions could ever hold {} GPUs{}{}, {} CPUs and {} MiB each",
          resources.node_count, resources.gpus_per_node,
          resources.gpu_model.empty() ? "" : " of model ", resources.gpu_model,
          resources.cpus_per_node, resources.memory_mib_per_node));
}

Objection check_dependencies(const std::vector<JobDependency>& dependencies) {
  for (const auto& dependency : dependencies)
    if ((dependency.job_id == 0) != (dependency.kind == JobDependencyKind::singleton))
      return object(Refusal::dependency_is_invalid, "a dependency must name a job");
  return std::nullopt;
}

Objection check_mail(const JobMail& mail, std::string_view domain, const BatchPolicy& policy) {
  const auto& allowed = policy.limits.mail_domains;
  if (domain.empty() || mail.types == 0 || allowed.empty() ||
      std::find(allowed.begin(), allowed.end(), domain) != allowed.end())
    return std::nullopt;
  return object(Refusal::mail_domain_is_not_allowed,
                fmt::format("mail goes to {} only", fmt::join(allowed, ", ")));
}

Objection check_counts(const AdmissionFacts& facts) {
  const auto& limits = facts.policy->limits;
  const std::uint64_t more = facts.task_count;
  if (limits.array_size_max != 0 && more > limits.array_size_max)
    return object(Refusal::array_is_too_large,
                  fmt::format("{} tasks, {} an array at most", more, limits.array_size_max));
  const auto of_user = facts.user->limits.jobs_max.value_or(limits.jobs_max);
  if (of_user != 0 && facts.user_jobs + more > of_user)
    return object(Refusal::jobs_are_too_many,
                  fmt::format("{} jobs wait or run and {} more are asked for, {} a user at most",
                              facts.user_jobs, more, of_user));
  const auto of_team = facts.team == nullptr ? 0 : facts.team->limits.jobs_max.value_or(0);
  if (of_team != 0 && facts.team_jobs + more > of_team)
    return object(Refusal::jobs_are_too_many,
                  fmt::format("{} jobs of the account wait or run and {} more are asked for, {} at "
                              "most",
                              facts.team_jobs, more, of_team));
  if (limits.jobs_in_all_max != 0 && facts.jobs_in_all + more > limits.jobs_in_all_max)
    return object(Refusal::queue_is_full, fmt::format("{} jobs wait or run, {} at most",
                                                      facts.jobs_in_all, limits.jobs_in_all_max));
  return std::nullopt;
}

}  // namespace orrery::batch
