#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/job_specification.hpp"

namespace orrery {

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
