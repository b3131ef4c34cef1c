#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "actors/batch/past_jobs.hpp"
#include "actors/batch/shape_book.hpp"
#include "events/job_events.hpp"

namespace orrery::batch {

/// A living job as the scheduler sees it. Small: there are a hundred thousand.
struct QueuedJob {
  std::uint32_t id = 0;
  std::uint32_t shape = 0;
  /// Number in `People`.
  std::uint32_t association = 0;
  /// 0 where it stands alone.
  std::uint32_t array_id = 0;
  std::uint32_t task_id = 0;
  std::uint32_t time_limit_min = 0;
  std::uint32_t time_limit_min_least = 0;
  std::uint32_t attempt = 0;
  std::int32_t nice = 0;
  /// Given by hand; 0: computed.
  std::uint32_t priority = 0;
  std::uint64_t name_hash = 0;
  std::int64_t submitted_s = 0;
  std::int64_t begin_time_s = 0;
  JobHold hold = JobHold::none;
  /// It holds nodes, or is about to; a `Run` says which.
  bool is_placed = false;
  bool may_requeue = true;
  bool has_dependencies = false;
  /// In this attempt to run or an earlier one.
  bool has_started = false;
  bool has_ended = false;
  /// Its last event, and the request behind that: what is decided about the job is because of them.
  std::uint64_t last_event = 0;
  std::string correlation;
  BOOST_DESCRIBE_CLASS(QueuedJob, (),
                       (id, shape, association, array_id, task_id, time_limit_min,
                        time_limit_min_least, attempt, nice, priority, name_hash, submitted_s,
                        begin_time_s, hold, is_placed, may_requeue, has_dependencies, has_started,
                        has_ended, last_event, correlation),
                       (), ())

  bool is_waiting() const { return !is_placed && !has_ended; }
};

/// What a job that was placed holds.
struct Run {
  /// Numbers of nodes in the fleet.
  std::vector<std::uint32_t> nodes;
  std::uint32_t time_limit_min = 0;
  std::int64_t placed_s = 0;
  /// 0 until it has started.
  std::int64_t started_s = 0;
  /// When it was told to stop, or ended by itself; 0: it goes on.
  std::int64_t stopping_s = 0;
  /// Of its usage, from its allocation on.
  double usage_rate = 0;
  BOOST_DESCRIBE_CLASS(Run, (),
                       (nodes, time_limit_min, placed_s, started_s, stopping_s, usage_rate), (), ())

  /// From here on nothing is saved: what is on its way is found out again after a crash. Its
  /// aggregate hasn't heard of this place yet.
  bool is_assumed = false;
  /// When it was sent word to stop; 0: never.
  std::int64_t told_to_stop_s = 0;

  /// When what it holds will be free at the latest, but for surprises.
  std::int64_t ends_s(std::int64_t now_s, std::uint32_t grace_s) const;
};

/// An array as far as it matters for limits and dependencies.
struct ArrayRecord {
  std::vector<std::uint32_t> task_ids;
  std::uint32_t running_max = 0;
  std::uint32_t submitted_count = 0;
  std::uint32_t started_count = 0;
  std::uint32_t ended_count = 0;
  std::uint32_t completed_count = 0;
  BOOST_DESCRIBE_CLASS(ArrayRecord, (),
                       (task_ids, running_max, submitted_count, started_count, ended_count,
                        completed_count),
                       (), ())
};

struct WaitsFor {
  std::vector<JobDependency> dependencies;
  /// One is enough.
  bool any = false;
  BOOST_DESCRIBE_CLASS(WaitsFor, (), (dependencies, any), (), ())

  bool has_singleton() const;
};

/// Whether what a job waits for has happened.
enum class DependencyState : std::uint8_t { satisfied, waiting, never };

/// The living jobs of one cluster in the order of their ids, what they hold, what they wait for,
/// and how others ended.
class JobBook {
 public:
  void submit(std::uint32_t id, const JobSubmitted& event, std::uint32_t association,
              std::int64_t at_s);
  /// Everything but the account, whose number the caller knows.
  void change(QueuedJob& job, const JobChange& change);
  void place(QueuedJob& job, Run run);
  /// It waits again. Nothing where it does already.
  void take_back(QueuedJob& job);
  /// Forgets what is on its way.
  void forget_assumptions();
  void start(QueuedJob& job, std::int64_t at_s);
  void end(QueuedJob& job, JobOutcome outcome);
  void submit_array(std::uint32_t id, const JobArraySubmitted& event);
  /// What hasn't been submitted of it never will be.
  void cancel_array(std::uint32_t id);

  /// Null where it isn't living. Good until the next submission or end.
  QueuedJob* find(std::uint32_t id);
  const QueuedJob* find(std::uint32_t id) const;
  Run* run_of(std::uint32_t id);
  const ArrayRecord* array(std::uint32_t id) const;
  DependencyState dependency_state(const QueuedJob& job) const;
  /// Some waiting job wants that no older one of its name and user is left.
  bool has_singletons() const { return singleton_count_ != 0; }
  bool is_singleton(const QueuedJob& job) const;

  /// May hold some that have ended.
  const std::vector<QueuedJob>& jobs() const { return jobs_; }
  const std::map<std::uint32_t, Run>& runs() const { return runs_; }
  const ShapeBook& shapes() const { return shapes_; }
  std::size_t waiting_count() const { return waiting_count_; }

  void save(std::string& out) const;
  /// Throws where the bytes are no book.
  void load(std::string_view bytes);

 private:
  void set_dependencies(QueuedJob& job, WaitsFor waits);
  void note_start(QueuedJob& job);
  void compact();
  DependencyState state_of(const JobDependency& dependency, const QueuedJob& job) const;
  DependencyState state_of_array(JobDependencyKind kind, const ArrayRecord& array) const;
  DependencyState state_of_job(JobDependencyKind kind, std::uint32_t id) const;
  void forget_old_arrays();

  std::vector<QueuedJob> jobs_;
  std::size_t ended_count_ = 0;
  std::size_t waiting_count_ = 0;
  std::size_t singleton_count_ = 0;
  ShapeBook shapes_;
  std::map<std::uint32_t, Run> runs_;
  std::map<std::uint32_t, WaitsFor> waits_;
  std::map<std::uint32_t, ArrayRecord> arrays_;
  PastJobs past_;
};

}  // namespace orrery::batch
