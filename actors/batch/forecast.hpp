#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/envelope.hpp"

namespace orrery::batch {

/// Why a job waits. The words are Slurm's (`to_slurm_word`), where Slurm has one.
enum class WaitReason : std::uint8_t {
  /// Nobody has looked at it yet.
  none,
  /// Others come before it.
  priority,
  /// It is next, and what it needs is not free.
  resources,
  held_by_user,
  held_by_admin,
  begin_time,
  dependency,
  dependency_never_satisfied,
  /// Tasks of its array may run that are fewer.
  array_task_limit,
  /// Its user, or its team, runs as many jobs, or has as many GPUs, as they may.
  running_limit,
  gpu_limit,
  qos_limit,
  partition_down,
  partition_time_limit,
  /// No node of its partitions could ever hold it.
  never_fits,
  /// Nodes that could hold it are lost, cordoned or reserved.
  nodes_unavailable,
  reservation,
  user_suspended,
};

/// Slurm's word for it, such as "Priority" or "AssocMaxJobsLimit".
std::string_view to_slurm_word(WaitReason reason);

/// What the scheduler's last pass found out about a job that waits.
struct JobForecast {
  std::uint32_t job_id = 0;
  std::uint32_t priority = 0;
  /// Among those who wait for the same cluster, from 1.
  std::uint32_t rank = 0;
  WaitReason reason = WaitReason::none;
  /// True: a place and a time are kept for it. False: `expected_start_s` is an estimate by the work
  /// ahead of it.
  bool is_reserved = false;
  /// Place in `Forecast::notes`.
  std::uint32_t note = 0;
  /// Seconds since 1970; 0 where nobody can say.
  std::int64_t expected_start_s = 0;
};

/// Which rule makes a job wait, and its numbers.
struct ForecastNote {
  /// Such as "limits.running_max".
  std::string rule;
  /// Such as "kim runs 4 jobs, 4 at most".
  std::string sentence;
};

/// What a user or a team has used, and what that makes of their share.
struct ShareForecast {
  std::uint32_t shares = 1;
  /// Of everything, 0 to 1: its share among its siblings times that of what it is part of.
  double normalized_shares = 0;
  /// Weighted seconds, faded.
  double usage = 0;
  double effective_usage = 0;
  /// 2^(-effective usage / normalized shares).
  double fair_share = 1;
};

/// The queue of one cluster as of the scheduler's last pass. Immutable.
struct Forecast {
  /// Everything up to here was known.
  Position position = 0;
  Time made_at{};
  /// What that pass took; the board's to fill in, for rules look at no clock.
  std::uint32_t pass_us = 0;
  std::uint64_t pass_count = 0;
  /// By id of the job.
  std::vector<JobForecast> jobs;
  /// By "team" and "team/user".
  std::map<std::string, ShareForecast, std::less<>> shares;
  /// By id of the job, for those for which a place is kept: a sentence with the numbers, such as
  /// "needs 4 a100 on one node; a100-n3 has most free: 2; job 17 on a100-n1 ends first".
  std::map<std::uint32_t, std::string> details;
  /// What many jobs share of their explanations; the first one is empty.
  std::vector<ForecastNote> notes;
  /// Of the cluster, for the size factor.
  std::uint32_t node_count = 0;
  std::uint32_t cpu_count = 0;

  /// Null where the job doesn't wait, or nobody has looked yet.
  const JobForecast* find(std::uint32_t job_id) const;
};

/// Where the scheduler leaves its forecasts and the edge finds them. They are no facts: whoever
/// replays the log makes them again. Any thread.
class ForecastBoard {
 public:
  /// Time since some moment. Rules know no clock: whoever makes the board brings it, or passes
  /// aren't timed.
  using Stopwatch = std::function<std::chrono::microseconds()>;

  ForecastBoard() = default;
  explicit ForecastBoard(Stopwatch stopwatch) : stopwatch_(std::move(stopwatch)) {}

  /// Of the pass whose forecast is published next. Both are the scheduler's to call.
  void pass_begins();
  void publish(std::string cluster, std::shared_ptr<Forecast> forecast);
  /// Null before the first pass.
  std::shared_ptr<const Forecast> of(std::string_view cluster) const;

 private:
  const Stopwatch stopwatch_;
  /// The scheduler's alone.
  std::chrono::microseconds pass_began_{};
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Forecast>, std::less<>> forecasts_;
};

}  // namespace orrery::batch
