#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/batch_policy_events.hpp"
#include "events/job_events.hpp"

namespace orrery {

/// The one command about itself that a job is owed next.
enum class JobStep : std::uint8_t {
  nothing,
  allocate,
  unschedule,
  /// Its user may use nothing any more, or its array is cancelled.
  cancel,
  stop_for_node,
  report_lost,
  stop_for_time,
  stop_for_idle,
  warn_of_time,
  warn_of_idle,
  signal,
  finish,
};

/// What one of its leases is owed next.
enum class JobLeaseStep : std::uint8_t { nothing, request, release };

/// What a job has, or is to have, of one node. Its lease's id follows from its place among the
/// others (`lease_of_job`).
struct JobLease {
  enum class Phase : std::uint8_t { none, requested, granted, refused, ended };

  Phase phase = Phase::none;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// The node is lost, or was while this was held.
  bool is_lost = false;
  /// One of the GPUs is broken, or was.
  bool is_broken = false;

  BOOST_DESCRIBE_CLASS(JobLease, (), (phase, node_id, gpu_indices, fence, is_lost, is_broken), (),
                       ())

  /// Not saved: what was asked for last, and whether it may not be asked for.
  JobLeaseStep asked = JobLeaseStep::nothing;
  bool is_hindered = false;
};

/// What the job process knows of one job, folded from the log. Small, for a hundred thousand may
/// wait.
struct JobRecord {
  enum class Phase : std::uint8_t { pending, scheduled, active, exited, ended };
  struct Stop {
    JobStopReason reason = JobStopReason::cancelled;
    bool goes_back = false;
    BOOST_DESCRIBE_CLASS(Stop, (), (reason, goes_back), (), ())
  };

  Phase phase = Phase::pending;
  std::string cluster;
  std::string user;
  JobResources resources;
  JobSignal signal;
  /// `job_mail_type` bits: those that are wanted, those that have become due since the attempt
  /// began, those that are noted.
  std::uint16_t mails_wanted = 0;
  std::uint16_t mails_due = 0;
  std::uint16_t mails_noted = 0;
  std::optional<JobArrayTask> task;
  /// Its user may use nothing any more.
  bool is_unwanted = false;

  std::uint32_t attempt = 0;
  /// By place in the scheduler's decision; empty while it waits.
  std::vector<JobLease> leases;
  /// Of the attempt; what it was given at last.
  std::uint32_t time_limit_min = 0;
  std::optional<Stop> stop;
  bool is_running = false;
  /// Of its start, or of its allocation before that.
  std::int64_t started_s = 0;
  std::uint8_t gpu_percent = 100;
  /// Since when its GPUs have been under the threshold, where they are.
  std::optional<std::int64_t> idle_since_s;
  bool is_warned_of_time = false;
  bool is_warned_of_idle = false;
  /// When its own signal was sent last.
  std::int64_t signalled_s = 0;
  std::int64_t exited_s = 0;

  /// The last event about it, for the origin of commands.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(JobRecord, (),
                       (phase, cluster, user, resources, signal, mails_wanted, mails_due,
                        mails_noted, task, is_unwanted, attempt, leases, time_limit_min, stop,
                        is_running, started_s, gpu_percent, idle_since_s, is_warned_of_time,
                        is_warned_of_idle, signalled_s, exited_s, causation, correlation),
                       (), ())

  /// Not saved: what was sent last. Nothing is sent twice, but after a crash.
  JobStep asked = JobStep::nothing;
  std::uint16_t mails_asked = 0;
};

/// What the job process knows of one array.
struct JobArrayRecord {
  /// Without its specification once every task is there, or none is made any more.
  JobArraySubmitted request;
  bool is_cancelled = false;
  std::string cancelled_by;
  /// Places in `request.task_ids` of tasks that exist, or existed.
  std::set<std::uint32_t> created;
  std::uint32_t ended_count = 0;
  bool has_started = false;
  bool has_failed = false;

  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(JobArrayRecord, (),
                       (request, is_cancelled, cancelled_by, created, ended_count, has_started,
                        has_failed, causation, correlation),
                       (), ())

  /// Not saved: tasks that were asked for.
  std::set<std::uint32_t> asked;
};

/// What of a cluster's policy the job process goes by.
struct JobRules {
  BatchIdleRule idle;
  std::uint32_t time_limit_warning_s = 0;
  std::uint32_t requeue_delay_s = 0;
  BOOST_DESCRIBE_CLASS(JobRules, (), (idle, time_limit_warning_s, requeue_delay_s), (), ())
};

/// A function of what is recorded and of the time, and so the whole memory of the process: the life
/// of a job, phase by phase. `array_is_cancelled`: the one that it is a task of.
JobStep owed_step(const JobRecord& job, const JobRules& rules, bool array_is_cancelled,
                  std::int64_t now_s);
JobLeaseStep owed_step(const JobRecord& job, const JobLease& lease);
/// Mails that are to be noted.
std::uint16_t owed_mails(const JobRecord& job, std::int64_t now_s);

/// When next something may be owed because of the time, later than `now_s`.
std::optional<std::int64_t> next_moment_s(const JobRecord& job, const JobRules& rules,
                                          std::int64_t now_s);

/// True where nothing is owed and nothing will be.
bool is_finished(const JobRecord& job);
/// An array that was cancelled before every task was there is remembered for good: one may have
/// been under way then, and come at any time.
bool is_finished(const JobArrayRecord& array);

/// Why a job that was scheduled waits again.
std::string obstacle_of(const JobRecord& job);

/// Whether it is asked for or held.
bool is_open(const JobLease& lease);

/// The moment at which `span_s` seconds have passed since `from_s` that the rule counts: those of
/// its quiet hours don't.
std::int64_t after_counted(std::int64_t from_s, std::int64_t span_s, const BatchIdleRule& rule);

/// "job-<id>.<attempt>.<place>".
std::string lease_of_job(std::uint32_t id, std::uint32_t attempt, std::size_t place);
struct JobLeaseName {
  std::uint32_t job_id = 0;
  std::uint32_t attempt = 0;
  std::uint32_t place = 0;
};
/// Absent where it is not the lease of a job.
std::optional<JobLeaseName> job_of_lease(std::string_view lease_id);
/// Of a stream or a holder "job/<id>"; absent where it is none.
std::optional<std::uint32_t> job_of_stream(std::string_view stream);

}  // namespace orrery
