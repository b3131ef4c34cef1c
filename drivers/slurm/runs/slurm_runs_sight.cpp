#include <utility>

#include "drivers/slurm/port/slurm_words.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"

namespace orrery {
namespace {

/// After so long under another controller, what a job's node has to tell it is told.
constexpr std::chrono::seconds doubt_delay{10};

/// Of a job that may still run something.
bool is_live(const SlurmJob& job) {
  return !has_ended(job.state) && job.state != SlurmJobState::completing;
}

}  // namespace

/// Runs that just run cost no more than finding them.
void SlurmRuns::see(const SlurmSight& sight) {
  last_look_ = sight.number;
  controller_ = sight.controller;
  is_reachable_ = controller_.boot_time_s != 0;
  look_at_claims();
  std::set<std::string, std::less<>> strangers;
  for (const auto& job : sight.jobs) see_job(job, strangers);
  strangers_ = std::move(strangers);
  for (auto& [name, run] : runs_)
    if (!run.is_over && run.seen_in != sight.number) see_absence(run);
  for (auto next = unclaimed_.begin(); next != unclaimed_.end();) {
    auto& run = *(next++)->second;  // It may leave.
    step(run);
  }
}

void SlurmRuns::see_job(const SlurmJob& job, std::set<std::string, std::less<>>& strangers) {
  const auto name = attempt_of_job(job.name);
  if (!name) return;
  auto* run = find(name->run);
  if (run == nullptr) {
    const auto run_name = std::string(name->run);
    const bool is_strange = strangers_.contains(job.name) || !is_live(job) ||
                            std::holds_alternative<SlurmRun::Absent>(surroundings_.read(run_name));
    if (is_strange) {
      strangers.insert(job.name);
      return;
    }
    run = &take_up(run_name);
    if (!run->is_over) restless_.insert(run_name);
  }
  if (run->is_over || name->attempt != run->attempt()) return see_stray(*run, job);
  see_last_attempt(*run, job);
}

/// Two jobs of one name: one claimed, or at most one still may.
void SlurmRuns::see_last_attempt(Run& run, const SlurmJob& job) {
  const auto* active = run.active();
  const auto claimed_id = run.is_claimed() ? active->claim.slurm_job_id : 0;
  if (claimed_id != 0 && job.id != claimed_id) return see_stray(run, job);
  if (run.seen_in == last_look_ && run.job) {
    if (!has_ended(run.job->state)) return see_stray(run, job);
    if (has_ended(job.state)) return;
  }
  const bool is_news = !run.job || run.job->state != job.state;
  run.seen_in = last_look_;
  run.absences = 0;
  run.job = job;
  note_obstacles(run);
  if (run.is_claimed() && job.state == SlurmJobState::pending) run.is_started_anew = true;
  if (run.listed_by_s != controller_.boot_time_s) {
    run.listed_by_s = controller_.boot_time_s;
    run.listed_since = now_;
    run.doubted_at = now_ + doubt_delay;
  }
  const bool is_doubted = run.doubted_at && now_ >= *run.doubted_at;
  if ((is_news || is_doubted) && run.is_claimed()) restless_.insert(run.name());
}

/// Since when its job has been kept from its claim, and by what.
void SlurmRuns::note_obstacles(Run& run) {
  const auto note = [&](std::optional<Moment>& since, bool is_so) {
    if (!is_so)
      since.reset();
    else if (!since)
      since = now_;
  };
  const bool is_pending = run.job->state == SlurmJobState::pending;
  note(run.unavailable_since, is_pending && awaits_nodes(run.job->reason));
  note(run.queued_since, is_pending && awaits_room(run.job->reason));
  note(run.blocked_since, is_pending && is_blocked_for_good(run.job->reason));
  note(run.silent_since, run.job->state == SlurmJobState::running && !run.is_claimed());
  if (!run.unavailable_since && !run.queued_since) run.is_given_back = false;
}

/// Its claim is refused; but it needn't wait for that with GPUs in its hands.
void SlurmRuns::see_stray(Run& run, const SlurmJob& job) {
  if (!is_live(job)) return;
  run.stray_in = last_look_;
  cancel(job);
}

/// What Slurm hasn't answered to yet may or may not show.
void SlurmRuns::see_absence(Run& run) {
  if (run.is_to_submit || run.is_submitting || last_look_ <= run.blind_until) return;
  ++run.absences;
  if (run.is_claimed()) restless_.insert(run.name());
}

void SlurmRuns::cancel(const SlurmJob& job) {
  if (being_cancelled_.insert(job.name).second) surroundings_.call(CancelCall{job.id, job.name});
}

/// What could not be cancelled stands in the next list, and is cancelled again.
void SlurmRuns::take(const CancelCall& call, const SlurmResult<void>&) {
  being_cancelled_.erase(call.name);
}

std::map<std::string, SlurmUse> SlurmRuns::use() const {
  std::map<std::string, SlurmUse> result;
  for (const auto& [name, run] : runs_) {
    if (run.seen_in != last_look_ || !run.is_running_in_slurm()) continue;
    const auto& order = run.submission.order;
    for (const auto& node : order.nodes) {
      auto& use = result[node];
      use.gpu_count += order.gpus_per_node;
      use.cpu_count += order.cpus_per_node;
      use.memory_mib += order.memory_mib_per_node;
    }
  }
  return result;
}

}  // namespace orrery
