#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// What the batch system knows of a node besides its stream: where it stands and what it can do.
struct BatchNode {
  std::string id;
  std::vector<std::string> features;

  bool operator==(const BatchNode&) const = default;
  BOOST_DESCRIBE_CLASS(BatchNode, (), (id, features), (), ())
};

/// Nodes that jobs may be sent to under a name, and on which terms.
struct BatchPartition {
  std::string name;
  /// Ids.
  std::vector<std::string> nodes;
  /// Classes of users that it is for; empty: everybody.
  std::vector<std::string> classes;
  std::uint32_t time_limit_max_min = 0;
  /// For jobs that don't say; 0: they must.
  std::uint32_t time_limit_default_min = 0;
  /// Its jobs come before those of partitions with less.
  std::uint32_t priority_tier = 1;
  /// Its factor of a job's priority, 0 to 1, in thousandths.
  std::uint32_t priority_factor_permille = 0;
  bool is_default = false;
  /// Takes and starts jobs.
  bool is_up = true;

  bool operator==(const BatchPartition&) const = default;
  BOOST_DESCRIBE_CLASS(BatchPartition, (),
                       (name, nodes, classes, time_limit_max_min, time_limit_default_min,
                        priority_tier, priority_factor_permille, is_default, is_up),
                       (), ())
};

/// What happens to a job that one of another quality of service takes the place of.
BOOST_DEFINE_FIXED_ENUM_CLASS(PreemptMode, std::uint8_t, off, requeue, cancel)

struct BatchQos {
  std::string name;
  std::string description;
  std::uint32_t priority_factor_permille = 0;
  /// Names of those whose jobs it may take the place of.
  std::vector<std::string> preempts;
  /// Of its own jobs.
  PreemptMode preempt_mode = PreemptMode::off;
  /// A job may not be preempted sooner after its start.
  std::uint32_t preempt_exempt_s = 0;
  /// Of one user; 0: no limit.
  std::uint32_t jobs_max = 0;
  std::uint32_t gpus_max = 0;
  std::uint32_t time_limit_max_min = 0;
  /// What its usage counts, in thousandths.
  std::uint32_t usage_factor_permille = 1000;

  bool operator==(const BatchQos&) const = default;
  BOOST_DESCRIBE_CLASS(BatchQos, (),
                       (name, description, priority_factor_permille, preempts, preempt_mode,
                        preempt_exempt_s, jobs_max, gpus_max, time_limit_max_min,
                        usage_factor_permille),
                       (), ())
};

/// A kind of user, such as "A" of the center's own professors.
struct BatchClass {
  std::string name;
  std::string description;
  /// Partition for jobs that don't say.
  std::string partition;

  bool operator==(const BatchClass&) const = default;
  BOOST_DESCRIBE_CLASS(BatchClass, (), (name, description, partition), (), ())
};

/// What a job may take beside GPUs of a model.
struct BatchGpuCap {
  std::string gpu_model;
  std::uint32_t cpus_per_gpu_max = 0;
  std::uint32_t memory_mib_per_gpu_max = 0;
  /// In one request; 0: as `BatchLimits` says.
  std::uint32_t gpus_per_job_max = 0;

  bool operator==(const BatchGpuCap&) const = default;
  BOOST_DESCRIBE_CLASS(BatchGpuCap, (),
                       (gpu_model, cpus_per_gpu_max, memory_mib_per_gpu_max, gpus_per_job_max), (),
                       ())
};

/// Of everybody who has none of his own (`CenterLimits`). 0: no limit.
struct BatchLimits {
  /// Waiting and running, of one user.
  std::uint32_t jobs_max = 100;
  /// Running.
  std::uint32_t running_max = 0;
  /// That one user has at once.
  std::uint32_t gpus_max = 0;
  std::uint32_t gpus_per_job_min = 1;
  std::uint32_t gpus_per_job_max = 4;
  std::uint32_t time_limit_max_min = 10'080;
  std::uint32_t array_size_max = 1'001;
  /// Waiting and running, of all users.
  std::uint32_t jobs_in_all_max = 200'000;
  std::uint32_t memory_mib_per_cpu_default = 4'096;
  /// Domains that mail goes to; empty: any.
  std::vector<std::string> mail_domains;

  bool operator==(const BatchLimits&) const = default;
  BOOST_DESCRIBE_CLASS(BatchLimits, (),
                       (jobs_max, running_max, gpus_max, gpus_per_job_min, gpus_per_job_max,
                        time_limit_max_min, array_size_max, jobs_in_all_max,
                        memory_mib_per_cpu_default, mail_domains),
                       (), ())
};

/// A job's priority is the sum of factors (each 0 to 1) times these, as Slurm's multi-factor plugin
/// computes it, less its nice value.
struct BatchWeights {
  std::uint32_t age = 1'000;
  std::uint32_t fair_share = 10'000;
  std::uint32_t job_size = 100;
  std::uint32_t partition = 1'000;
  std::uint32_t qos = 10'000;
  /// The age factor is 1 from then on.
  std::uint32_t age_max_min = 10'080;
  bool favors_small_jobs = true;
  /// After this time usage counts half; 0: it never fades.
  std::uint32_t usage_half_life_min = 10'080;
  /// What an hour of one of these counts in usage, in thousandths.
  std::uint32_t cpu_permille = 0;
  std::uint32_t gpu_permille = 1'000;
  std::uint32_t memory_gib_permille = 0;

  bool operator==(const BatchWeights&) const = default;
  BOOST_DESCRIBE_CLASS(BatchWeights, (),
                       (age, fair_share, job_size, partition, qos, age_max_min, favors_small_jobs,
                        usage_half_life_min, cpu_permille, gpu_permille, memory_gib_permille),
                       (), ())
};

/// How far the scheduler looks.
struct BatchBackfill {
  /// False: strictly by priority; nobody passes the first job of a partition that can't start.
  bool is_on = true;
  /// Jobs for which a place and time are kept, by priority. The first job's is never given away.
  std::uint32_t reservation_count = 100;
  std::uint32_t window_min = 20'160;

  bool operator==(const BatchBackfill&) const = default;
  BOOST_DESCRIBE_CLASS(BatchBackfill, (), (is_on, reservation_count, window_min), (), ())
};

/// A job whose GPUs do nothing is ended.
struct BatchIdleRule {
  bool is_on = true;
  /// Idle is below this.
  std::uint8_t threshold_percent = 5;
  std::uint32_t after_min = 720;
  /// The warning comes so much earlier.
  std::uint32_t warning_min = 60;
  /// Minutes of the day that don't count, from … until; equal: all count.
  std::uint32_t quiet_from_min = 0;
  std::uint32_t quiet_until_min = 0;
  /// Of the center's clocks, ahead of UTC.
  std::int32_t utc_offset_min = 540;

  bool operator==(const BatchIdleRule&) const = default;
  BOOST_DESCRIBE_CLASS(BatchIdleRule, (),
                       (is_on, threshold_percent, after_min, warning_min, quiet_from_min,
                        quiet_until_min, utc_offset_min),
                       (), ())
};

/// Nodes kept for somebody for a time.
struct BatchReservation {
  std::string name;
  std::vector<std::string> nodes;
  /// Seconds since 1970.
  std::int64_t start_time_s = 0;
  std::int64_t end_time_s = 0;
  /// Who may use them; both empty: nobody (maintenance).
  std::vector<std::string> users;
  std::vector<std::string> accounts;

  bool operator==(const BatchReservation&) const = default;
  BOOST_DESCRIBE_CLASS(BatchReservation, (),
                       (name, nodes, start_time_s, end_time_s, users, accounts), (), ())
};

/// Everything that the batch system goes by. It is data (docs/batch-policy.md), and may change at
/// any time.
struct BatchPolicy {
  std::vector<BatchNode> nodes;
  std::vector<BatchPartition> partitions;
  std::vector<BatchQos> qos;
  /// Name of the quality of service of jobs that don't say.
  std::string default_qos;
  std::vector<BatchClass> classes;
  std::vector<BatchGpuCap> gpu_caps;
  BatchLimits limits;
  BatchWeights weights;
  BatchBackfill backfill;
  BatchIdleRule idle;
  std::vector<BatchReservation> reservations;
  /// Between SIGTERM and SIGKILL.
  std::uint32_t kill_wait_s = 30;
  /// The warning of a time limit comes so much earlier.
  std::uint32_t time_limit_warning_s = 300;
  /// A job that was requeued doesn't start sooner.
  std::uint32_t requeue_delay_s = 120;

  bool operator==(const BatchPolicy&) const = default;
  BOOST_DESCRIBE_CLASS(BatchPolicy, (),
                       (nodes, partitions, qos, default_qos, classes, gpu_caps, limits, weights,
                        backfill, idle, reservations, kill_wait_s, time_limit_warning_s,
                        requeue_delay_s),
                       (), ())
};

/// The batch system of a cluster goes by this from now on. Stream: batch_policy/<cluster>.
struct BatchPolicySet {
  BatchPolicy policy;

  bool operator==(const BatchPolicySet&) const = default;
  BOOST_DESCRIBE_CLASS(BatchPolicySet, (), (policy), (), ())
};

using BatchPolicyEvent = std::variant<BatchPolicySet>;

}  // namespace orrery
