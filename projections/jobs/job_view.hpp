#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "events/job_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// What a job was asked to be, after all changes; without what is sealed: that stays in the log.
struct JobFacts {
  std::string cluster;
  std::string user;
  std::string account;
  std::vector<std::string> partitions;
  std::string qos;
  std::string name;
  std::string comment;
  JobResources resources;
  JobNodeWishes nodes;
  std::uint32_t time_limit_min = 0;
  std::uint32_t time_limit_min_least = 0;
  std::int32_t nice = 0;
  std::int64_t begin_time_s = 0;
  std::vector<JobDependency> dependencies;
  bool any_dependency = false;
  bool may_requeue = true;
  bool is_interactive = false;
  std::uint16_t mail_types = 0;

  bool operator==(const JobFacts&) const = default;
  BOOST_DESCRIBE_CLASS(JobFacts, (),
                       (cluster, user, account, partitions, qos, name, comment, resources, nodes,
                        time_limit_min, time_limit_min_least, nice, begin_time_s, dependencies,
                        any_dependency, may_requeue, is_interactive, mail_types),
                       (), ())
};

/// Where and when it runs or ran last.
struct JobRun {
  std::string partition;
  /// Without GPUs until they are allocated.
  std::vector<JobPlace> places;
  std::uint32_t time_limit_min = 0;
  bool is_backfilled = false;

  BOOST_DESCRIBE_CLASS(JobRun, (), (partition, places, time_limit_min, is_backfilled), (), ())
};

/// Slurm's base states.
enum class JobStatus : std::uint8_t {
  pending,
  /// Slurm: running, with the flag CONFIGURING.
  configuring,
  running,
  /// Slurm: shown as COMPLETING.
  completing,
  completed,
  failed,
  timeout,
  cancelled,
  preempted,
  node_fail,
};
inline constexpr std::size_t job_status_count = 10;
constexpr bool has_ended(JobStatus status) { return status >= JobStatus::completed; }

/// A job as of one moment. Cheap to copy: what is large is shared and never changes.
struct JobRow {
  std::uint32_t id = 0;
  JobStatus status = JobStatus::pending;
  JobHold hold = JobHold::none;
  /// Mean over its GPUs.
  std::uint8_t gpu_percent = 0;
  std::uint32_t restart_count = 0;
  /// Given by hand; 0: computed.
  std::uint32_t priority = 0;
  std::optional<JobArrayTask> task;
  std::shared_ptr<const JobFacts> facts;
  /// Null until it is scheduled, and again while it waits anew.
  std::shared_ptr<const JobRun> run;
  Time submitted_at{};
  /// Of the last attempt; zero where it hasn't started, or hasn't ended.
  Time started_at{};
  Time ended_at{};
  std::optional<std::uint32_t> exit_code;
  std::optional<std::uint32_t> signal;
  /// Of its end, or of what is ending it: Slurm's word; empty: none.
  std::string reason;
  /// Version of its stream, and position of its submission: what is sealed is read from there.
  Version version = 0;
  Position submitted_position = 0;
};

/// Which jobs a list shows. Empty members let everything pass.
struct JobFilter {
  std::string_view user;
  /// Ended ones too: those that ended since this moment (seconds since 1970); absent: none of them.
  std::optional<std::int64_t> ended_since_s;
  /// Living and ended that changed since then; 0: all.
  std::int64_t changed_since_s = 0;
  /// Only those that have a place (`JobRow::run`) and haven't ended.
  bool with_place = false;
};

/// What a submission that may come again has led to.
struct JobOfRequest {
  /// Of the job, or of the array's first task.
  std::uint32_t id = 0;
  std::string digest;

  BOOST_DESCRIBE_CLASS(JobOfRequest, (), (id, digest), (), ())
};

/// Every job that there is, and those that ended. Answers what Slurm's controller and its
/// accounting would. Any thread.
class JobView : public View {
 public:
  JobView();
  ~JobView() override;

  /// Absent where there is none.
  std::optional<JobRow> find(std::uint32_t id) const;
  /// In the order of their ids.
  std::vector<JobRow> rows(const JobFilter& filter) const;
  /// Tasks of an array in the order of their ids; empty where there is no such array.
  std::vector<JobRow> tasks(std::uint32_t array_id) const;
  /// Waiting and running ones of one user.
  std::uint32_t living_count(std::string_view user) const;
  /// Of all users.
  std::uint32_t living_count() const;
  using Counts = std::array<std::uint64_t, job_status_count>;
  Counts counts() const;
  /// Time of the last event of any job; for "has anything changed since".
  Time changed_at() const;

  /// The largest number that is the id of a job, or kept for a task of an array.
  std::uint32_t largest_id() const;
  std::optional<JobOfRequest> of_request(std::string_view request_id) const;

  std::string_view name() const override { return "jobs"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<JobView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
