#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// When somebody wants mail about a job, as bits of `JobMail::types`. The names are those of
/// sbatch's --mail-type.
namespace job_mail_type {
inline constexpr std::uint16_t begin = 1;
inline constexpr std::uint16_t end = 2;
inline constexpr std::uint16_t fail = 4;
inline constexpr std::uint16_t requeue = 8;
inline constexpr std::uint16_t time_limit = 16;
inline constexpr std::uint16_t time_limit_90 = 32;
inline constexpr std::uint16_t time_limit_80 = 64;
inline constexpr std::uint16_t time_limit_50 = 128;
inline constexpr std::uint16_t invalid_dependency = 256;
/// For each task of an array, not once for all of it.
inline constexpr std::uint16_t array_tasks = 512;
/// Its GPUs are idle. Comes with `end` and `fail`, since it leads to the job's end.
inline constexpr std::uint16_t idle = 1024;
}  // namespace job_mail_type

/// What a job takes of each of its nodes.
struct JobResources {
  std::uint32_t node_count = 1;
  /// Empty: of any model.
  std::string gpu_model;
  std::uint32_t gpus_per_node = 0;
  /// Tasks in all; the driver starts the script once, whatever this says.
  std::uint32_t task_count = 1;
  std::uint32_t cpus_per_task = 1;
  /// What is taken of a node: at least 1.
  std::uint32_t cpus_per_node = 1;
  std::uint32_t memory_mib_per_node = 0;
  /// No other job is on its nodes.
  bool is_exclusive = false;

  bool operator==(const JobResources&) const = default;
  BOOST_DESCRIBE_CLASS(JobResources, (),
                       (node_count, gpu_model, gpus_per_node, task_count, cpus_per_task,
                        cpus_per_node, memory_mib_per_node, is_exclusive),
                       (), ())
};

/// Which nodes will do. Names of nodes are ids of their streams.
struct JobNodeWishes {
  /// sbatch's --nodelist: all of these.
  std::vector<std::string> wanted;
  /// None of these.
  std::vector<std::string> excluded;
  /// A node must have all of them (--constraint "a&b").
  std::vector<std::string> features;

  bool operator==(const JobNodeWishes&) const = default;
  BOOST_DESCRIBE_CLASS(JobNodeWishes, (), (wanted, excluded, features), (), ())
};

/// What another job must have come to before this one starts (--dependency).
BOOST_DEFINE_FIXED_ENUM_CLASS(JobDependencyKind, std::uint8_t,
                              /// It has started, or was cancelled.
                              after,
                              /// It has ended, however it did.
                              after_any,
                              /// It has completed with exit code 0.
                              after_ok,
                              /// It has ended otherwise.
                              after_not_ok,
                              /// Its task of the same index has completed.
                              after_corresponding,
                              /// No job of the same name and user that came earlier is left.
                              singleton)

struct JobDependency {
  JobDependencyKind kind = JobDependencyKind::after_any;
  /// A job or, of an array, all of its tasks; 0 of a singleton.
  std::uint32_t job_id = 0;

  bool operator==(const JobDependency&) const = default;
  BOOST_DESCRIBE_CLASS(JobDependency, (), (kind, job_id), (), ())
};

/// Who hears of the job, and when.
struct JobMail {
  /// `job_mail_type` bits.
  std::uint16_t types = 0;
  /// The address; without a subject where there is none.
  Sealed address;

  bool operator==(const JobMail&) const = default;
  BOOST_DESCRIBE_CLASS(JobMail, (), (types, address), (), ())
};

/// Sent to the job some time before its time limit (--signal).
struct JobSignal {
  std::uint32_t number = 0;
  std::uint32_t before_end_s = 0;
  /// To the script alone, not to what it has started ("B:").
  bool to_script_only = false;

  bool operator==(const JobSignal&) const = default;
  BOOST_DESCRIBE_CLASS(JobSignal, (), (number, before_end_s, to_script_only), (), ())
};

/// Utilisation from a moment on.
struct JobUtilisationStep {
  /// After the start.
  std::uint32_t after_s = 0;
  std::uint8_t gpu_percent = 0;

  bool operator==(const JobUtilisationStep&) const = default;
  BOOST_DESCRIBE_CLASS(JobUtilisationStep, (), (after_s, gpu_percent), (), ())
};

/// What a simulated driver plays in place of the script ("#ORRERY" lines; docs/simulation.md).
/// Other drivers don't look at it.
struct JobRehearsal {
  /// Absent: as long as its time limit allows.
  std::optional<std::uint32_t> run_time_s;
  std::uint32_t exit_code = 0;
  /// Sorted by time; empty: fully busy.
  std::vector<JobUtilisationStep> utilisation;

  bool operator==(const JobRehearsal&) const = default;
  BOOST_DESCRIBE_CLASS(JobRehearsal, (), (run_time_s, exit_code, utilisation), (), ())
};

/// What runs. All of it is sealed for the person (subject "center-<user>").
struct JobScript {
  Sealed text;
  /// NUL-separated; as sbatch's operands after the script.
  Sealed arguments;
  /// NUL-separated NAME=value.
  Sealed environment;
  Sealed working_directory;
  /// Patterns such as "slurm-%j.out", relative to the working directory.
  Sealed standard_input;
  Sealed standard_output;
  /// Empty: where the output goes.
  Sealed standard_error;

  bool operator==(const JobScript&) const = default;
  BOOST_DESCRIBE_CLASS(JobScript, (),
                       (text, arguments, environment, working_directory, standard_input,
                        standard_output, standard_error),
                       (), ())
};

/// What somebody asks of the batch system.
struct JobSpecification {
  std::string cluster;
  /// Who submits: center_user/<name>.
  std::string user;
  /// Team that it is accounted to.
  std::string account;
  /// The first one where it can start soonest is taken; never empty.
  std::vector<std::string> partitions;
  /// Empty: the default one.
  std::string qos;
  std::string name;
  std::string comment;
  JobResources resources;
  JobNodeWishes nodes;
  std::uint32_t time_limit_min = 0;
  /// Of the smallest it may be cut down to so that it starts earlier (--time-min); 0: not at all.
  std::uint32_t time_limit_min_least = 0;
  /// Taken from its priority.
  std::int32_t nice = 0;
  /// Seconds since 1970; 0: at once.
  std::int64_t begin_time_s = 0;
  std::vector<JobDependency> dependencies;
  /// One of the dependencies is enough ("?").
  bool any_dependency = false;
  /// Goes back to the queue when its node is lost or it is preempted.
  bool may_requeue = true;
  /// Its output files are appended to, not truncated (--open-mode).
  bool appends_output = false;
  /// Started by srun or salloc: it lives as long as who asked.
  bool is_interactive = false;
  JobMail mail;
  JobSignal signal;
  JobScript script;
  JobRehearsal rehearsal;

  bool operator==(const JobSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(JobSpecification, (),
                       (cluster, user, account, partitions, qos, name, comment, resources, nodes,
                        time_limit_min, time_limit_min_least, nice, begin_time_s, dependencies,
                        any_dependency, may_requeue, appends_output, is_interactive, mail, signal,
                        script, rehearsal),
                       (), ())
};

/// Which task of which array a job is.
struct JobArrayTask {
  /// job_array/<id>; the id of its first task.
  std::uint32_t array_id = 0;
  /// As the user counts, %a.
  std::uint32_t task_id = 0;
  /// Tasks of the array that may run at once; 0: any number.
  std::uint32_t running_max = 0;

  bool operator==(const JobArrayTask&) const = default;
  BOOST_DESCRIBE_CLASS(JobArrayTask, (), (array_id, task_id, running_max), (), ())
};

/// Who keeps a job from starting.
BOOST_DEFINE_FIXED_ENUM_CLASS(JobHold, std::uint8_t, none, user, admin)

/// A job waits in the queue. Stream: job/<id>; the id is a decimal number that is never given
/// again.
struct JobSubmitted {
  JobSpecification specification;
  /// Absent where it stands alone.
  std::optional<JobArrayTask> task;
  JobHold hold = JobHold::none;
  /// Names the request, so that one that is sent again makes no second job; empty of a task.
  std::string request_id;
  /// Of the request (a keyed digest); empty where it can't come again.
  std::string request_digest;

  bool operator==(const JobSubmitted&) const = default;
  BOOST_DESCRIBE_CLASS(JobSubmitted, (), (specification, task, hold, request_id, request_digest),
                       (), ())
};

/// It doesn't start until it is released.
struct JobHeld {
  JobHold by = JobHold::user;

  bool operator==(const JobHeld&) const = default;
  BOOST_DESCRIBE_CLASS(JobHeld, (), (by), (), ())
};

struct JobReleased {
  bool operator==(const JobReleased&) const = default;
  BOOST_DESCRIBE_CLASS(JobReleased, (), (), (), ())
};

/// What may be changed of a job that waits; of one that runs only the time limit, name, comment and
/// mail. Absent members stay as they are.
struct JobChange {
  std::optional<std::string> account;
  std::optional<std::vector<std::string>> partitions;
  std::optional<std::string> qos;
  std::optional<std::string> name;
  std::optional<std::string> comment;
  std::optional<JobResources> resources;
  std::optional<JobNodeWishes> nodes;
  std::optional<std::uint32_t> time_limit_min;
  std::optional<std::int32_t> nice;
  /// Instead of what the policy computes; 0: computed again.
  std::optional<std::uint32_t> priority;
  std::optional<std::int64_t> begin_time_s;
  std::optional<std::vector<JobDependency>> dependencies;
  std::optional<bool> may_requeue;
  std::optional<JobMail> mail;

  bool operator==(const JobChange&) const = default;
  BOOST_DESCRIBE_CLASS(JobChange, (),
                       (account, partitions, qos, name, comment, resources, nodes, time_limit_min,
                        nice, priority, begin_time_s, dependencies, may_requeue, mail),
                       (), ())
};

struct JobChanged {
  JobChange change;

  bool operator==(const JobChanged&) const = default;
  BOOST_DESCRIBE_CLASS(JobChanged, (), (change), (), ())
};

/// The scheduler has decided where it runs; its leases are asked for. Slurm calls it configuring
/// from here on.
struct JobScheduled {
  /// Of its attempts to run, from 1. Its leases are lease/job-<id>.<attempt>.<node's place in
  /// `node_ids`, from 0>.
  std::uint32_t attempt = 0;
  std::string partition;
  std::vector<std::string> node_ids;
  /// May be less than asked for, down to the least that was (--time-min).
  std::uint32_t time_limit_min = 0;
  /// It went ahead of others who wait longer, without delaying them.
  bool is_backfilled = false;

  bool operator==(const JobScheduled&) const = default;
  BOOST_DESCRIBE_CLASS(JobScheduled, (),
                       (attempt, partition, node_ids, time_limit_min, is_backfilled), (), ())
};

/// What a job has of one node.
struct JobPlace {
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;

  bool operator==(const JobPlace&) const = default;
  BOOST_DESCRIBE_CLASS(JobPlace, (), (node_id, gpu_indices), (), ())
};

/// Every lease is granted; the driver of the first node starts it.
struct JobAllocated {
  std::vector<JobPlace> places;
  /// The largest of its leases'.
  std::uint64_t fence = 0;

  bool operator==(const JobAllocated&) const = default;
  BOOST_DESCRIBE_CLASS(JobAllocated, (), (places, fence), (), ())
};

/// It can't have the place that was chosen (somebody else has it, a node was lost), and waits
/// again.
struct JobUnscheduled {
  std::string reason;

  bool operator==(const JobUnscheduled&) const = default;
  BOOST_DESCRIBE_CLASS(JobUnscheduled, (), (reason), (), ())
};

/// Its script runs.
struct JobStarted {
  bool operator==(const JobStarted&) const = default;
  BOOST_DESCRIBE_CLASS(JobStarted, (), (), (), ())
};

/// What its GPUs are doing, where that has changed; drivers say so once a minute at most.
struct JobUtilisationChanged {
  /// Mean over its GPUs, 0 to 100.
  std::uint8_t gpu_percent = 0;

  bool operator==(const JobUtilisationChanged&) const = default;
  BOOST_DESCRIBE_CLASS(JobUtilisationChanged, (), (gpu_percent), (), ())
};

BOOST_DEFINE_FIXED_ENUM_CLASS(JobWarning, std::uint8_t,
                              /// Its time is nearly over.
                              time_limit,
                              /// Its GPUs have been idle nearly too long.
                              idle)

struct JobWarned {
  JobWarning of = JobWarning::time_limit;

  bool operator==(const JobWarned&) const = default;
  BOOST_DESCRIBE_CLASS(JobWarned, (), (of), (), ())
};

/// Why a job is to end.
BOOST_DEFINE_FIXED_ENUM_CLASS(JobStopReason, std::uint8_t,
                              /// Somebody wants it gone.
                              cancelled,
                              /// It has had its time.
                              time_limit,
                              /// Its GPUs were idle too long.
                              idle,
                              /// One that may has taken its place.
                              preempted,
                              /// Its node is lost or one of its GPUs is broken.
                              node_failed,
                              /// Somebody wants it to start anew.
                              requeued,
                              /// What it waited for can't happen any more.
                              dependency_never_satisfied)

/// It is to end; the driver stops it where it runs.
struct JobStopRequested {
  JobStopReason reason = JobStopReason::cancelled;
  /// Sent first, before the grace period of SIGTERM and SIGKILL; 0: none.
  std::uint32_t signal = 0;
  /// Who: name of a user; empty where it was a rule.
  std::string by;
  /// It waits anew afterwards, if it may.
  bool goes_back = false;

  bool operator==(const JobStopRequested&) const = default;
  BOOST_DESCRIBE_CLASS(JobStopRequested, (), (reason, signal, by, goes_back), (), ())
};

/// A signal for what runs, which goes on (scancel --signal).
struct JobSignalled {
  std::uint32_t signal = 0;
  bool to_script_only = false;

  bool operator==(const JobSignalled&) const = default;
  BOOST_DESCRIBE_CLASS(JobSignalled, (), (signal, to_script_only), (), ())
};

/// Nothing of it runs any more, or its node is lost; what it holds is given back. Slurm calls it
/// completing from here on, or since it is to stop.
struct JobExited {
  std::optional<std::uint32_t> exit_code;
  /// That ended it.
  std::optional<std::uint32_t> signal;
  /// False where its node is lost.
  bool is_confirmed = true;
  /// A sentence where it could not run at all.
  std::string failure;

  bool operator==(const JobExited&) const = default;
  BOOST_DESCRIBE_CLASS(JobExited, (), (exit_code, signal, is_confirmed, failure), (), ())
};

/// It waits in the queue again, and gives nothing back any more.
struct JobRequeued {
  JobStopReason reason = JobStopReason::requeued;
  /// It doesn't start earlier.
  std::int64_t begin_time_s = 0;
  JobHold hold = JobHold::none;

  bool operator==(const JobRequeued&) const = default;
  BOOST_DESCRIBE_CLASS(JobRequeued, (), (reason, begin_time_s, hold), (), ())
};

BOOST_DEFINE_FIXED_ENUM_CLASS(JobOutcome, std::uint8_t, completed, failed, timeout, cancelled,
                              preempted, node_fail)

/// It is over and never runs again; it holds nothing.
struct JobEnded {
  JobOutcome outcome = JobOutcome::completed;
  /// Slurm's word, such as "None", "NonZeroExitCode", "TimeLimit", "DependencyNeverSatisfied"; ours
  /// is "GpuIdle".
  std::string reason;

  bool operator==(const JobEnded&) const = default;
  BOOST_DESCRIBE_CLASS(JobEnded, (), (outcome, reason), (), ())
};

/// A mail about it is to be sent, or would be if mail were. Recorded before it is sent, so that
/// none is sent twice.
struct JobMailNoted {
  /// One of `job_mail_type`.
  std::uint16_t type = 0;

  bool operator==(const JobMailNoted&) const = default;
  BOOST_DESCRIBE_CLASS(JobMailNoted, (), (type), (), ())
};

using JobEvent =
    std::variant<JobSubmitted, JobHeld, JobReleased, JobChanged, JobScheduled, JobAllocated,
                 JobUnscheduled, JobStarted, JobUtilisationChanged, JobWarned, JobStopRequested,
                 JobSignalled, JobExited, JobRequeued, JobEnded, JobMailNoted>;

/// Several jobs of one kind are wanted. Stream: job_array/<id of the first task's job>; the tasks'
/// jobs have consecutive ids from there on.
struct JobArraySubmitted {
  JobSpecification specification;
  /// Ascending, as the user counts.
  std::vector<std::uint32_t> task_ids;
  /// 0: any number.
  std::uint32_t running_max = 0;
  JobHold hold = JobHold::none;
  std::string request_id;
  std::string request_digest;

  bool operator==(const JobArraySubmitted&) const = default;
  BOOST_DESCRIBE_CLASS(JobArraySubmitted, (),
                       (specification, task_ids, running_max, hold, request_id, request_digest), (),
                       ())
};

/// Every task is to end, and none is made any more.
struct JobArrayCancelled {
  /// Who: name of a user.
  std::string by;

  bool operator==(const JobArrayCancelled&) const = default;
  BOOST_DESCRIBE_CLASS(JobArrayCancelled, (), (by), (), ())
};

using JobArrayEvent = std::variant<JobArraySubmitted, JobArrayCancelled>;

}  // namespace orrery
