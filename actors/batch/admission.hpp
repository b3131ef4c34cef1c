#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/batch_policy_events.hpp"
#include "events/center_events.hpp"
#include "events/job_events.hpp"

namespace orrery::batch {

/// What a node has in all, as its stream says.
struct NodeSize {
  std::string id;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// 0: not counted.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
};

/// Everything that an admission goes by. All of it is the caller's to look up, as of now.
struct AdmissionFacts {
  const BatchPolicy* policy = nullptr;
  /// The cluster's nodes; null: whether any of them could hold the job isn't looked at.
  const std::vector<NodeSize>* nodes = nullptr;
  /// Who the job will belong to. Null where nobody has that name, or he isn't approved.
  const CenterGrant* user = nullptr;
  /// False while he is suspended.
  bool is_active = true;
  /// Of the job's account; of his team where it says none. Null where there is none of that name.
  const CenterTeamSet* team = nullptr;
  /// Jobs that wait or run: his, his team's, and everybody's.
  std::uint32_t user_jobs = 0;
  std::uint32_t team_jobs = 0;
  std::uint32_t jobs_in_all = 0;
  /// An operator or administrator asks: negative nice values and given priorities are allowed, and
  /// any team; limits of sizes and time don't count.
  bool is_privileged = false;
  /// Tasks that are submitted at once; 1 of a job that stands alone.
  std::uint32_t task_count = 1;
};

/// Why a submission or a change is refused. In brackets Slurm's error for it.
BOOST_DEFINE_FIXED_ENUM_CLASS(
    Refusal, std::uint8_t,
    /// [2010 Invalid user id]
    user_is_unknown,
    /// [2002 Access/permission denied]
    user_is_suspended,
    /// No such team, or he isn't of it. [2045 Invalid account or account/partition combination]
    account_is_not_his,
    /// [2001 No partition specified or system default partition]
    partition_is_missing,
    /// [2000 Invalid partition name specified]
    partition_is_unknown,
    /// [2003 User's group not permitted to use this partition]
    partition_is_not_for_his_class,
    /// [2070 Required partition not available (inactive or drain)]
    partition_is_down,
    /// [2066 Invalid qos specification]
    qos_is_unknown,
    /// [2018 Invalid node name specified]
    node_is_unknown,
    /// [2004 Requested nodes not in this partition]
    node_is_not_in_partition,
    /// [2029 Invalid feature specification]
    feature_is_unknown,
    /// [2006 Node count specification invalid]
    node_count_is_invalid,
    /// [2025 Task count specification invalid]
    task_count_is_invalid,
    /// [2072 Invalid generic resource (gres) specification]
    gpu_model_is_unknown,
    /// [2072, the same]
    gpus_are_too_few,
    /// [2050 Job violates accounting/QOS policy]
    gpus_are_too_many,
    /// [2005 More processors requested than permitted]
    cpus_are_too_many,
    /// [2044 Memory required by task is not available]
    memory_is_too_much,
    /// [2051 Requested time limit is invalid (missing or exceeds some limit)]
    time_limit_is_missing, time_limit_is_too_long,
    /// Only operators raise it. [2002]
    time_limit_may_only_fall,
    /// [2124 Invalid time-min specification]
    least_time_is_invalid,
    /// [2123 Invalid --nice value]
    nice_is_not_allowed,
    /// Only operators give priorities. [2002]
    priority_is_not_allowed,
    /// [2038 Job dependency problem]
    dependency_is_invalid,
    /// [2050]
    mail_domain_is_not_allowed,
    /// He, or his team, has as many as they may. [2050]
    jobs_are_too_many,
    /// The center has as many as it takes. [11 Resource temporarily unavailable]
    queue_is_full,
    /// [2081 Invalid job array specification]
    array_is_too_large,
    /// No nodes of its partitions could ever hold it. [2014 Requested node configuration is not
    /// available]
    never_fits)

struct AdmissionRefused {
  Refusal why = Refusal::user_is_unknown;
  /// For people: the rule with its numbers, such as "6 GPUs asked for, 4 a job at most".
  std::string sentence;

  bool operator==(const AdmissionRefused&) const = default;
};

/// `JobResources::memory_mib_per_node` of a job that asks for as much as it may have (--mem=0).
inline constexpr std::uint32_t as_much_memory_as_allowed =
    std::numeric_limits<std::uint32_t>::max();

/// Judges a submission. In `asked` 0 and "" mean that nobody said anything: partitions, account,
/// qos, time limit and memory are filled in by the policy, the GPU model of a request for GPUs of
/// any model stays empty. `cpus_per_node` is raised to what its tasks need. The address of mails is
/// sealed, so the caller says its domain (lower case, "" where there is no address).
std::variant<JobSpecification, AdmissionRefused> admit(JobSpecification asked,
                                                       std::string_view mail_domain,
                                                       const AdmissionFacts& facts);

/// Judges a change of a job that is as `job` says. `facts.team` is the one that the job will be
/// accounted to. Numbers of jobs don't count. What comes back has its defaults filled in.
std::variant<JobChange, AdmissionRefused> admit_change(const JobSpecification& job,
                                                       JobChange change,
                                                       std::string_view mail_domain,
                                                       const AdmissionFacts& facts);

/// What the job is after the change.
JobSpecification changed(JobSpecification job, const JobChange& change);

}  // namespace orrery::batch
