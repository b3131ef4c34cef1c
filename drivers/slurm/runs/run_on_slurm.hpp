#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/slurm_run/slurm_run.hpp"
#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/run_directory.hpp"
#include "drivers/runs/run_records.hpp"
#include "drivers/slurm/runs/submission_record.hpp"
#include "events/instance_events.hpp"

namespace orrery {

/// One start that Slurm carries out, as the driver's thread knows it. What counts stands in its
/// stream and its directory; the rest is seen again by looking.
struct RunOnSlurm {
  using Moment = std::chrono::steady_clock::time_point;

  RunDirectory directory;
  /// In the order of their coming.
  std::uint64_t arrival = 0;
  LaunchPlan plan = {};
  /// Its order is without nodes where it isn't known.
  SubmissionRecord submission = {};
  /// What its stream said last.
  SlurmRun::State state = {};
  /// Somebody asked for it since this driver was started, so that it may be handed over anew.
  bool is_wanted = false;
  /// It can't be started; why, where that was this driver's word, stands in its exit record too.
  bool has_failed = false;
  std::optional<LaunchFailure> failure = {};
  /// Its end stands in its stream, or it has none because nothing of it ever came to Slurm.
  bool is_over = false;
  /// The report of its end was taken.
  bool is_done = false;

  /// Its plan is in its directory, durably.
  bool is_written = false;
  /// The files of its next attempt are being written.
  bool is_preparing = false;
  /// A command to its stream is on its way.
  bool is_commanded = false;
  /// Its attempt was requested by this driver, and Slurm has not heard of it.
  bool is_to_submit = false;
  bool is_submitting = false;
  /// Of the controller that the attempt was handed to.
  std::int64_t boot_time_s = 0;
  Moment submitted_at = {};
  Moment next_attempt = {};
  /// Attempts that Slurm had, and lost or didn't run.
  std::uint32_t attempts_lost = 0;
  /// Slurm's words when the attempt could not be submitted; why the last one was lost.
  std::string submit_trouble = {};
  std::string last_loss = {};
  /// Slurm will not run it, and would say the same of any other attempt.
  std::optional<LaunchFailure> verdict = {};

  /// Looks at Slurm up to this one say nothing of the attempt's absence.
  std::uint64_t blind_until = 0;
  /// The last look that showed its last attempt, and what it showed.
  std::uint64_t seen_in = 0;
  std::optional<SlurmJob> job = {};
  /// Looks in a row that didn't show it.
  std::uint32_t absences = 0;
  /// The controller that listed it last, and since when.
  std::int64_t listed_by_s = 0;
  Moment listed_since = {};
  /// Slurm means to start it, though it runs: a controller that was killed had not saved that.
  bool is_started_anew = false;
  /// When it is to be seen whether that one knows less than the run's own record says.
  std::optional<Moment> doubted_at = {};
  /// That has been seen once.
  bool has_left_record = false;
  /// Since when Slurm has kept its job waiting for nodes that take no work.
  std::optional<Moment> unavailable_since = {};
  /// Since when it has waited for others to make room.
  std::optional<Moment> queued_since = {};
  /// Since when Slurm has named a reason that doesn't pass.
  std::optional<Moment> blocked_since = {};
  /// Since when it has been seen to run, and nobody has asked for the run.
  std::optional<Moment> silent_since = {};
  /// Its job was asked to wait here for others meanwhile.
  bool is_given_back = false;
  /// Another attempt of it, given up, was in Slurm in this look.
  std::uint64_t stray_in = 0;

  /// It is to end.
  std::optional<StopRecord> stop = {};
  /// Whoever wants that has said so to this driver.
  bool stop_is_told = false;
  bool stop_is_written = false;
  /// When it is to be told to end, and when that was enough.
  Moment signal_at = {};
  std::optional<Moment> cancel_at = {};
  /// Saved while it is stopped.
  std::optional<SnapshotWish> snapshot = {};
  /// Why that could not be done.
  std::optional<LaunchFailure> snapshot_failure = {};

  bool has_begun = false;
  bool building_is_told = false;
  bool launch_is_told = false;
  bool readiness_is_told = false;
  bool is_being_probed = false;
  Moment next_probe = {};
  std::optional<Moment> start_deadline = {};

  /// Since Slurm doesn't run it any more, or is about to be done with it.
  std::optional<Moment> gone_since = {};

  std::string name() const { return directory.path().filename().string(); }
  const SlurmRun::Active* active() const { return std::get_if<SlurmRun::Active>(&state); }
  bool is_claimed() const { return active() != nullptr && active()->is_claimed(); }
  bool is_withdrawn() const { return active() != nullptr && active()->withdrawn; }
  /// An attempt was requested that may still come to claim.
  bool is_in_attempt() const {
    const auto* run = active();
    return run != nullptr && run->request.attempt != 0 && !run->lost && !run->is_claimed();
  }
  std::uint32_t attempt() const { return active() == nullptr ? 0 : active()->request.attempt; }
  /// Slurm says that the last attempt has left its queue and not ended.
  bool is_running_in_slurm() const {
    return job && job->state != SlurmJobState::pending && !has_ended(job->state);
  }
};

}  // namespace orrery
