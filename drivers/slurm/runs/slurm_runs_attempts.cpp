#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "drivers/slurm/runs/run_reports.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"

namespace orrery {
namespace {

/// A job that was handed over may be missing from one list, and stand in the next.
constexpr std::uint32_t absences_max = 2;

/// From the third attempt on, and twice as long before each further one.
constexpr std::chrono::seconds attempt_delay{1};
constexpr std::chrono::seconds attempt_delay_max{60};
/// A controller that has just started knows for some seconds of no node that takes work.
constexpr std::chrono::seconds node_patience{30};
/// What was placed here fits, unless others were quicker there. Slurm looks through its queue once
/// a minute, at least.
constexpr std::chrono::seconds room_patience{90};
/// Each time that a job was placed anew it waits twice as long, for its turn in a queue of others.
constexpr std::uint32_t patience_doublings_max = 8;
/// A reason that doesn't pass may stand there until Slurm has looked at the job once more.
constexpr std::chrono::seconds block_patience{60};
/// To reach the server from a node takes moments where there is a way.
constexpr std::chrono::minutes silence_patience{5};
/// Where what a job starts by can't be written.
constexpr std::chrono::seconds disk_delay{5};

/// Who waits is looked through for who is next: a fiftieth of a processor, however many they are.
constexpr std::chrono::microseconds rest_per_unclaimed{10};

std::chrono::seconds delay_after(std::uint32_t attempt) {
  constexpr std::uint32_t doublings_max = 6;
  if (attempt < 2) return std::chrono::seconds(0);
  return std::min(attempt_delay * (1 << std::min(attempt - 2, doublings_max)), attempt_delay_max);
}

std::string words_of(const SlurmJob& job) {
  const auto* state = boost::describe::enum_to_string(job.state, "other");
  if (job.reason.empty() || job.reason == "None") return fmt::format("Slurm says {}.", state);
  return fmt::format("Slurm says {}: {}.", state, job.reason);
}

}  // namespace

bool SlurmRuns::may_request(const Run& run) const {
  if (run.is_commanded || run.is_preparing || !run.is_wanted || run.stop || run.has_failed ||
      run.is_in_attempt() || run.is_withdrawn() || run.submission.order.nodes.empty())
    return false;
  return now_ >= run.next_attempt && !must_wait(run);
}

/// Slurm gets only what can start soon: what waits here isn't lost there.
void SlurmRuns::hand_over_waiting() {
  next_hand_over_ = now_ + rest_per_unclaimed * unclaimed_.size();
  if (!is_reachable_) return;
  std::size_t pending = 0;
  for (const auto& [arrival, run] : unclaimed_) {
    const bool is_handed_over = run->is_preparing || run->is_commanded || run->is_in_attempt();
    if (is_handed_over && !run->is_running_in_slurm() && !run->unavailable_since) ++pending;
  }
  for (const auto& [arrival, run] : unclaimed_) {
    if (pending >= configuration_.pending_max) return;
    if (!may_request(*run)) continue;
    request_attempt(*run);
    ++pending;
  }
}

/// What it claims with is there before anybody can ask for it.
void SlurmRuns::request_attempt(Run& run) {
  run.is_preparing = true;
  PrepareCall call{run.directory, run.attempt() + 1, {}};
  if (!run.is_written) call.plan = PreparedPlan{run.plan, run.submission};
  surroundings_.call(std::move(call));
}

void SlurmRuns::take(const PrepareCall& call, std::optional<std::string> claim_digest) {
  auto* run = find(call.directory.path().filename().string());
  if (run == nullptr) return;
  run->is_preparing = false;
  if (claim_digest) run->is_written = true;
  if (!claim_digest) run->next_attempt = now_ + disk_delay;
  if (!may_request(*run)) return step(*run);
  run->job.reset();
  run->unavailable_since.reset();
  run->queued_since.reset();
  run->is_given_back = false;
  run->blocked_since.reset();
  run->silent_since.reset();
  run->submit_trouble.clear();
  run->absences = 0;
  run->blind_until = looks_begun_;
  command(*run, SlurmRun::RequestSubmit{
                    {call.attempt, *std::move(claim_digest), run->submission.node_id}});
}

void SlurmRuns::see_attempt_through(Run& run) {
  const auto* active = run.active();
  if (active != nullptr && active->lost && run.verdict) return fail(run, *run.verdict);
  if (active != nullptr && active->lost && run.attempts_lost >= configuration_.attempts_max)
    return fail(run, {"slurm_would_not_run_it",
                      fmt::format("Slurm did not run it in {} attempts. The last: {}",
                                  run.attempts_lost, run.last_loss)});
  // What is given up needn't wait with GPUs in its hands until its claim is refused.
  const bool is_left = run.job && run.seen_in == last_look_ && !has_ended(run.job->state);
  if (active != nullptr && active->lost && is_left) cancel(*run.job);
  if (!run.is_in_attempt() || run.is_submitting) return;
  if (run.is_to_submit) return submit(run);
  if (run.job && active->submitted.slurm_job_id == 0) {
    const auto boot_time_s = run.boot_time_s != 0 ? run.boot_time_s : controller_.boot_time_s;
    return command(run, SlurmRun::ReportSubmitted{{run.attempt(), run.job->id, boot_time_s}});
  }
  if (run.job && has_ended(run.job->state)) return lose(run, words_of(*run.job));
  if (run.absences >= absences_max)
    return lose(run, run.submit_trouble.empty() ? "Slurm does not know it." : run.submit_trouble);
  if (meet_obstacles(run)) return;
  const bool is_saved =
      run.job && run.seen_in == last_look_ && !active->placed &&
      run.listed_by_s == controller_.boot_time_s &&
      now_ >= std::max(run.submitted_at, run.listed_since) + configuration_.save_interval;
  if (is_saved) command(run, SlurmRun::ConfirmPlaced{run.attempt()});
}

/// What keeps it from its claim for too long. True where the attempt is given up for that.
bool SlurmRuns::meet_obstacles(Run& run) {
  give_back(run);
  if (run.blocked_since && now_ >= *run.blocked_since + block_patience) {
    run.verdict = LaunchFailure{"slurm_refused",
                                fmt::format("Slurm would never run it: {}.", run.job->reason)};
    lose(run, run.verdict->message);
    return true;
  }
  if (!run.silent_since || now_ < *run.silent_since + silence_patience) return false;
  lose(run, fmt::format("Its job ran for {} min, and did not reach this server at {}.",
                        silence_patience.count(), configuration_.server_url));
  return true;
}

/// Its leases are of nodes that Slurm gives to nobody, drained by an operator or by itself, or gave
/// to others. A job that may go back waits here for others; the rest waits there for these.
void SlurmRuns::give_back(Run& run) {
  const auto attempt = run.submission.job_attempt;
  if (attempt == 0) return;
  const auto factor = 1u << std::min(attempt - 1, patience_doublings_max);
  const bool is_unavailable =
      run.unavailable_since && now_ >= *run.unavailable_since + node_patience * factor;
  const bool is_taken = run.queued_since && now_ >= *run.queued_since + room_patience * factor;
  if (!is_unavailable && !is_taken) return;
  if (std::exchange(run.is_given_back, true)) return;
  report(run, wish_to_go_back(run));
}

void SlurmRuns::submit(Run& run) {
  if (!is_reachable_) return;
  auto order =
      order_of_attempt(run.submission.order, run.directory, run.attempt(), configuration_.program);
  const auto failure = surroundings_.fit(order);
  if (!failure && order.partition.empty()) return;  // Its nodes are cordoned for that, too.
  run.is_to_submit = false;
  if (failure) return fail(run, *failure);
  run.is_submitting = true;
  run.absences = 0;
  run.boot_time_s = controller_.boot_time_s;
  surroundings_.call(SubmitCall{run.name(), run.attempt(), std::move(order)});
}

/// Looks that began before the answer may not show the job yet.
void SlurmRuns::take(const SubmitCall& call, const SlurmResult<std::uint64_t>& answer) {
  auto* run = find(call.run);
  if (run == nullptr) return;
  run->is_submitting = false;
  run->absences = 0;
  run->blind_until = looks_begun_;
  run->submitted_at = now_;
  if (answer.has_error()) run->submit_trouble = answer.error().message;
  if (answer.has_error() && answer.error().trouble != SlurmTrouble::refused) is_reachable_ = false;
  const bool is_expected = run->is_in_attempt() && run->attempt() == call.attempt;
  const bool is_refused = answer.has_error() && answer.error().trouble == SlurmTrouble::refused;
  if (is_refused && is_expected && !run->stop)
    return fail(*run,
                {"slurm_refused", fmt::format("Slurm refuses it: {}", answer.error().message)});
  if (answer.has_value() && is_expected && !run->is_commanded)
    return command(*run, SlurmRun::ReportSubmitted{{call.attempt, *answer, run->boot_time_s}});
  step(*run);
}

/// What Slurm never had says nothing of how many more are worth while.
void SlurmRuns::lose(Run& run, const std::string& reason) {
  const auto* active = run.active();
  if (run.job || (active != nullptr && active->submitted.slurm_job_id != 0)) ++run.attempts_lost;
  run.last_loss = reason;
  run.next_attempt = now_ + delay_after(run.attempt());
  command(run, SlurmRun::ReportLost{run.attempt(), reason});
}

/// Nothing of it runs, nor will: no attempt claims once its stream has ended.
void SlurmRuns::fail(Run& run, const LaunchFailure& failure) {
  run.has_failed = true;
  run.failure = failure;
  run.directory.make();
  run.directory.write(ExitRecord{{}, {}, failure.code, failure.message});
  if (std::holds_alternative<SlurmRun::Absent>(run.state)) return finish(run);
  if (run.is_in_attempt() && !run.is_commanded) return lose(run, failure.message);
  step(run);
}

/// No attempt can claim any more, or none shall: it is over once Slurm has nothing of it.
void SlurmRuns::clear_out(Run& run) {
  if (run.is_submitting || run.is_preparing) return;
  run.is_to_submit = false;
  if (run.attempt() != 0) {
    const bool is_listed = run.job && run.seen_in == last_look_;
    if (is_listed && !has_ended(run.job->state)) return cancel(*run.job);
    const bool has_id = run.active()->submitted.slurm_job_id != 0 || run.active()->lost;
    const bool has_gone = is_listed || run.absences >= (has_id ? 1 : absences_max);
    if (!has_gone || run.stray_in == last_look_) return;
  }
  close(run, SlurmEnd::never_started,
        run.failure ? ExitRecord{{}, {}, run.failure->code, run.failure->message} : ExitRecord{});
}

}  // namespace orrery
