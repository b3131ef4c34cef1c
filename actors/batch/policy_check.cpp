#include "actors/batch/policy_check.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "actors/batch/node_fit.hpp"

namespace orrery::batch {
namespace {

constexpr std::uint32_t minutes_per_day = 24 * 60;
constexpr std::uint32_t permille = 1'000;

/// Looks at one part of a policy after the other and notes what is wrong.
class PolicyCheck {
 public:
  explicit PolicyCheck(const BatchPolicy& policy) : policy_(policy) {
    for (const auto& node : policy.nodes) nodes_.insert(node.id);
  }

  std::vector<PolicyProblem> problems() {
    check_nodes();
    check_partitions();
    check_qos();
    check_classes();
    check_gpu_caps();
    check_limits();
    check_weights();
    check_backfill();
    check_idle();
    check_reservations();
    return std::move(problems_);
  }

 private:
  void wrong(std::string place, std::string sentence) {
    problems_.push_back({std::move(place), std::move(sentence)});
  }

  /// Names must be there, once, and short.
  template <class T, class NameOf>
  void check_names(std::string_view place, const std::vector<T>& all, NameOf name_of) {
    std::set<std::string_view> seen;
    for (const auto& one : all) {
      const std::string& name = name_of(one);
      if (name.empty() || name.size() > 64)
        wrong(std::string(place), "a name must have 1 to 64 characters");
      else if (!seen.insert(name).second)
        wrong(fmt::format("{}.{}", place, name), fmt::format("{} is there twice", name));
    }
  }

  void check_nodes_of(const std::string& place, const std::vector<std::string>& ids) {
    if (ids.empty()) wrong(place, "there must be a node");
    for (const auto& id : ids)
      if (!nodes_.contains(id)) wrong(place, fmt::format("{} is no node of this policy", id));
  }

  void check_permille(const std::string& place, std::uint32_t value) {
    if (value > permille) wrong(place, fmt::format("{} is more than {}", value, permille));
  }

  void check_nodes() {
    check_names(
        "nodes", policy_.nodes, [](const BatchNode& node) -> auto& { return node.id; });
    if (policy_.nodes.empty()) wrong("nodes", "there must be a node");
  }

  void check_partitions() {
    check_names(
        "partitions", policy_.partitions,
        [](const BatchPartition& partition) -> auto& { return partition.name; });
    if (policy_.partitions.empty()) wrong("partitions", "there must be a partition");
    int defaults = 0;
    for (const auto& partition : policy_.partitions) {
      check_partition(partition);
      if (partition.is_default) ++defaults;
    }
    if (defaults > 1) wrong("partitions", fmt::format("{} partitions are the default", defaults));
  }

  void check_partition(const BatchPartition& partition) {
    const auto place = "partitions." + partition.name;
    check_nodes_of(place + ".nodes", partition.nodes);
    for (const auto& name : partition.classes)
      if (find_named(policy_.classes, name) == nullptr)
        wrong(place + ".classes", fmt::format("{} is no class of this policy", name));
    const auto most = partition.time_limit_max_min;
    if (most != 0 && partition.time_limit_default_min > most)
      wrong(place + ".time_limit_default_min",
            fmt::format("{} is more than the limit of {}", partition.time_limit_default_min, most));
    check_permille(place + ".priority_factor_permille", partition.priority_factor_permille);
  }

  void check_qos() {
    check_names(
        "qos", policy_.qos, [](const BatchQos& qos) -> auto& { return qos.name; });
    for (const auto& qos : policy_.qos) {
      const auto place = "qos." + qos.name;
      check_permille(place + ".priority_factor_permille", qos.priority_factor_permille);
      for (const auto& name : qos.preempts) check_preempted(place + ".preempts", qos, name);
    }
    if (!policy_.default_qos.empty() && find_named(policy_.qos, policy_.default_qos) == nullptr)
      wrong("default_qos", fmt::format("{} is no qos of this policy", policy_.default_qos));
    if (policy_.default_qos.empty() && !policy_.qos.empty())
      wrong("default_qos", "one of the qos must be that of jobs that don't say");
  }

  void check_preempted(const std::string& place, const BatchQos& qos, const std::string& name) {
    const auto* other = find_named(policy_.qos, name);
    if (other == nullptr) return wrong(place, fmt::format("{} is no qos of this policy", name));
    if (contains(other->preempts, qos.name))
      wrong(place, fmt::format("{} and {} would take each other's place for ever", qos.name, name));
  }

  void check_classes() {
    check_names(
        "classes", policy_.classes, [](const BatchClass& one) -> auto& { return one.name; });
    for (const auto& one : policy_.classes) {
      if (one.partition.empty()) continue;
      const auto place = fmt::format("classes.{}.partition", one.name);
      const auto* partition = find_named(policy_.partitions, one.partition);
      if (partition == nullptr)
        wrong(place, fmt::format("{} is no partition of this policy", one.partition));
      else if (!partition->classes.empty() && !contains(partition->classes, one.name))
        wrong(place, fmt::format("partition {} is not for class {}", one.partition, one.name));
    }
  }

  void check_gpu_caps() {
    check_names(
        "gpu_caps", policy_.gpu_caps,
        [](const BatchGpuCap& cap) -> auto& { return cap.gpu_model; });
    for (const auto& cap : policy_.gpu_caps)
      if (cap.gpus_per_job_max != 0 && cap.gpus_per_job_max < policy_.limits.gpus_per_job_min)
        wrong(fmt::format("gpu_caps.{}.gpus_per_job_max", cap.gpu_model),
              fmt::format("{} is less than limits.gpus_per_job_min of {}", cap.gpus_per_job_max,
                          policy_.limits.gpus_per_job_min));
  }

  void check_limits() {
    const auto& limits = policy_.limits;
    if (limits.gpus_per_job_max != 0 && limits.gpus_per_job_min > limits.gpus_per_job_max)
      wrong("limits.gpus_per_job_min",
            fmt::format("{} is more than gpus_per_job_max of {}", limits.gpus_per_job_min,
                        limits.gpus_per_job_max));
    for (const auto& domain : limits.mail_domains)
      if (domain.empty() || domain.find('@') != std::string::npos ||
          std::any_of(domain.begin(), domain.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        wrong("limits.mail_domains",
              fmt::format("\"{}\" is no domain in lower case, such as inha.edu", domain));
  }

  void check_weights() {
    if (policy_.weights.age_max_min == 0 && policy_.weights.age != 0)
      wrong("weights.age_max_min", "must not be 0 where age counts");
  }

  void check_backfill() {
    if (policy_.backfill.is_on && policy_.backfill.window_min == 0)
      wrong("backfill.window_min", "must not be 0");
    if (policy_.backfill.reservation_count > 1'000)
      wrong("backfill.reservation_count",
            fmt::format("{} is more than 1000", policy_.backfill.reservation_count));
  }

  void check_idle() {
    const auto& idle = policy_.idle;
    if (idle.threshold_percent > 100)
      wrong("idle.threshold_percent", fmt::format("{} is more than 100", idle.threshold_percent));
    if (idle.is_on && idle.after_min == 0) wrong("idle.after_min", "must not be 0");
    if (idle.warning_min > idle.after_min)
      wrong("idle.warning_min",
            fmt::format("{} is more than after_min of {}", idle.warning_min, idle.after_min));
    if (idle.quiet_from_min >= minutes_per_day || idle.quiet_until_min > minutes_per_day)
      wrong("idle.quiet_from_min", "a day has 1440 minutes");
    if (idle.utc_offset_min < -14 * 60 || idle.utc_offset_min > 14 * 60)
      wrong("idle.utc_offset_min",
            fmt::format("{} is no offset from UTC in minutes", idle.utc_offset_min));
  }

  void check_reservations() {
    check_names(
        "reservations", policy_.reservations,
        [](const BatchReservation& reservation) -> auto& { return reservation.name; });
    if (policy_.reservations.size() > 64)
      wrong("reservations", fmt::format("{} are more than 64", policy_.reservations.size()));
    for (const auto& reservation : policy_.reservations) {
      const auto place = "reservations." + reservation.name;
      check_nodes_of(place + ".nodes", reservation.nodes);
      if (reservation.end_time_s <= reservation.start_time_s)
        wrong(place + ".end_time_s", "it must end after it starts");
    }
  }

  const BatchPolicy& policy_;
  std::set<std::string_view> nodes_;
  std::vector<PolicyProblem> problems_;
};

}  // namespace

std::vector<PolicyProblem> problems_of(const BatchPolicy& policy) {
  return PolicyCheck(policy).problems();
}

}  // namespace orrery::batch
