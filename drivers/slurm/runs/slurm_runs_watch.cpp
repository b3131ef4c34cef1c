#include <algorithm>
#include <csignal>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "drivers/slurm/claim/guard.hpp"
#include "drivers/slurm/runs/run_reports.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"

namespace orrery {
namespace {

/// Looks in a row without the job, before Slurm has forgotten it.
constexpr std::uint32_t absences_of_forgotten = 2;
/// What a node wrote last takes so long, at most, to be seen here.
constexpr std::chrono::seconds record_patience{5};
/// There is a record of what Slurm says came to its own end. Network file systems may say for half
/// a minute that there is none.
constexpr std::chrono::seconds record_patience_max{60};
/// Slurm ends what it has forgotten itself, some seconds after the node has told it, or it ends by
/// itself. Then its guard is told to end it.
constexpr std::chrono::seconds lock_patience{60};
/// Beyond that and its grace period. A node that is gone loses its locks by then.
constexpr std::chrono::seconds lock_margin{60};
/// A controller that has just started makes up for what it doesn't know within so long.
constexpr std::chrono::seconds confusion_patience{60};
/// For the supervisor, beyond the grace period of what it ends.
constexpr std::chrono::seconds stop_margin{5};
constexpr std::chrono::seconds signal_interval{1};

/// Of the time since the file was written, which may have been for another driver.
std::chrono::milliseconds left_of(std::chrono::milliseconds whole,
                                  const std::filesystem::path& file) {
  std::error_code failure;
  const auto written = std::filesystem::last_write_time(file, failure);
  if (failure) return whole;
  const auto age = std::filesystem::file_time_type::clock::now() - written;
  return std::clamp(whole - std::chrono::floor<std::chrono::milliseconds>(age),
                    std::chrono::milliseconds::zero(), whole);
}

bool has_pattern(const LaunchPlan& plan, ServiceStage stage) {
  return std::ranges::find(plan.log_patterns, stage, &LogPattern::stage) != plan.log_patterns.end();
}

/// An end that a record of the run's own tells, whatever Slurm makes of it.
bool is_success(const ExitRecord& exit) {
  return exit.exit_code == 0u && !exit.signal && exit.code.empty();
}

bool came_to_its_end(SlurmJobState state) {
  return state == SlurmJobState::completed || state == SlurmJobState::failed;
}

/// Why Slurm ended it, as far as it did. What it has forgotten it kills, some of it before the
/// rest.
SlurmEnd end_by_record(const ExitRecord& exit, SlurmEnd by_slurm, bool is_forgotten) {
  if (is_success(exit)) return SlurmEnd::exited;
  const bool was_killed = exit.signal.has_value() || exit.code == supervisor_lost;
  if (by_slurm == SlurmEnd::lost && !(is_forgotten && was_killed)) return SlurmEnd::exited;
  return by_slurm;
}

/// A controller that doesn't know that the job runs starts it once more: its node refuses that, and
/// Slurm cancels the job, both of it. That isn't anybody's wish.
bool is_confused(RunOnSlurm& run, RunOnSlurm::Moment now) {
  if (run.stop || !run.job) return false;
  const auto* active = run.active();
  if (run.job->state == SlurmJobState::cancelled && active != nullptr &&
      active->submitted.boot_time_s != run.listed_by_s &&
      now < run.listed_since + confusion_patience)
    run.is_started_anew = true;
  return run.is_started_anew;
}

}  // namespace

void SlurmRuns::watch(Run& run) {
  if (look_for_end(run)) {
    restless_.insert(run.name());
    return;
  }
  watch_begin(run);
  if (run.has_begun) watch_stages(run);
  if (run.stop)
    carry_out_stop(run);
  else
    watch_clock(run);
  const bool is_told = kind_of_run(run.plan.service_id) == RunKind::service ? run.readiness_is_told
                                                                            : run.launch_is_told;
  if (!run.is_over && (run.stop || !run.has_begun || !is_told)) restless_.insert(run.name());
}

void SlurmRuns::watch_begin(Run& run) {
  if (run.has_begun || !run.directory.has_begun()) return;
  run.has_begun = true;
  if (run.plan.start_timeout_s != 0 && !run.directory.is_marked(ServiceStage::running))
    run.start_deadline = now_ + left_of(std::chrono::seconds(run.plan.start_timeout_s),
                                        run.directory.path() / "process.json");
}

void SlurmRuns::watch_stages(Run& run) {
  if (kind_of_run(run.plan.service_id) != RunKind::service) return tell_launch(run);
  if (run.launch_is_told && run.readiness_is_told) return;
  const auto has_come_to = [&](ServiceStage stage) { return run.directory.is_marked(stage); };
  const bool builds = has_pattern(run.plan, ServiceStage::building);
  const bool is_running = has_come_to(ServiceStage::running);
  if (has_come_to(ServiceStage::building) && !run.building_is_told && !run.launch_is_told) {
    run.building_is_told = true;
    report(run, To<Service>{run.plan.service_id, Service::ReportBuilding{run.plan.fence}});
  }
  if (!builds || has_come_to(ServiceStage::starting) || is_running) tell_launch(run);
  const bool needs_nothing =
      run.plan.probe_path.empty() && !has_pattern(run.plan, ServiceStage::running);
  if (run.launch_is_told && (is_running || needs_nothing)) tell_readiness(run);
}

void SlurmRuns::watch_clock(Run& run) {
  if (!run.has_begun) return;
  if (run.start_deadline && now_ >= *run.start_deadline) {
    run.start_deadline.reset();
    return end(run,
               {run.plan.grace_period_s, "start_timeout",
                fmt::format("It was not ready within {} s.", run.plan.start_timeout_s), 0, ""});
  }
  const bool is_asked = !run.plan.probe_path.empty() && !run.readiness_is_told;
  if (!is_asked || !run.launch_is_told || run.is_being_probed || now_ < run.next_probe) return;
  run.is_being_probed = true;
  const auto port = run.plan.ports.empty() ? std::uint16_t{0} : run.plan.ports.front();
  surroundings_.probe(run.name(),
                      fmt::format("http://{}:{}{}", run.plan.host, port, run.plan.probe_path));
}

void SlurmRuns::take_probe(const std::string& name, bool is_ready) {
  auto* run = find(name);
  if (run == nullptr || run->is_over) return;
  run->is_being_probed = false;
  run->next_probe = now_ + std::chrono::milliseconds(run->plan.probe_interval_ms);
  if (is_ready && run->is_claimed()) tell_readiness(*run);
}

/// No attempt claims any more by now, but this one has. Its guard is told to end it, and Slurm to
/// make an end where that doesn't help.
void SlurmRuns::carry_out_stop(Run& run) {
  if (!run.stop_is_written) {
    run.stop_is_written = run.directory.write(*run.stop);
    if (run.stop_is_written) run.cancel_at.reset();
  }
  if (!run.job || run.seen_in != last_look_ || !is_reachable_) return;
  if (run.cancel_at && now_ >= *run.cancel_at) {
    run.cancel_at = now_ + stop_margin;
    return cancel(*run.job);
  }
  if (now_ < run.signal_at) return;
  run.signal_at = Moment::max();
  surroundings_.call(SignalCall{run.job->id, run.job->name, SIGTERM});
}

/// That there are orders the guard sees by itself. That it is to end is said until it was heard,
/// and its grace period begins then: while slurmctld is away nobody hears anything.
void SlurmRuns::take(const SignalCall& call, const SlurmResult<void>& answer) {
  const auto name = attempt_of_job(call.name);
  auto* run = name ? find(name->run) : nullptr;
  if (run == nullptr || call.signal != SIGTERM || !run->stop) return;
  const bool is_unheard = answer.has_error();
  if (is_unheard) run->signal_at = now_ + signal_interval;
  // What can't be signalled may yet be cancelled.
  if (is_unheard && answer.error().trouble == SlurmTrouble::unknown) return;
  if (!run->cancel_at)
    run->cancel_at = now_ + std::chrono::seconds(run->stop->grace_period_s) + stop_margin;
}

/// True where Slurm doesn't run it any more, or is about to be done with it.
bool SlurmRuns::look_for_end(Run& run) {
  const bool is_absent = run.absences >= absences_of_forgotten;
  const bool has_gone = is_absent || (run.job && has_ended(run.job->state));
  const bool is_going = run.job && run.job->state == SlurmJobState::completing;
  if (!has_gone && !is_going) {
    run.gone_since.reset();
    if (!is_end_forgotten(run)) return false;
    close(run, SlurmEnd::exited, run.directory.exit().value_or(ExitRecord{}));
    return true;
  }
  if (!run.gone_since) run.gone_since = now_;
  const bool is_forgotten = is_absent || is_confused(run, now_);
  const auto by_slurm = is_forgotten ? SlurmEnd::lost : end_of(run.job->state);
  const bool was_patient = now_ >= *run.gone_since + record_patience;
  if (const auto exit = run.directory.exit()) {
    // Why it didn't end well may stand in the state to come.
    if (!has_gone && !is_success(*exit) && !run.stop && !was_patient) return true;
    close(
        run,
        end_by_record(*exit, has_gone || is_forgotten ? by_slurm : SlurmEnd::exited, is_forgotten),
        *exit);
    return true;
  }
  if (!has_gone || !was_patient) return true;
  const bool is_written = !is_absent && came_to_its_end(run.job->state);
  if (is_written && now_ < *run.gone_since + record_patience_max) return true;
  const auto grace = std::chrono::seconds(run.plan.grace_period_s);
  const bool is_held =
      now_ < *run.gone_since + lock_patience + grace + lock_margin && run.directory.is_locked();
  if (!is_held && is_written && run.job->state == SlurmJobState::completed) {
    close(run, SlurmEnd::exited, ExitRecord{0u, {}, "", ""});  // Its script ends as the run does.
  } else if (!is_held && is_written && !is_forgotten) {
    close(run, SlurmEnd::exited,
          {{}, {}, std::string(supervisor_lost), "Its job failed in Slurm, and left no word."});
  } else if (!is_held) {
    auto record = record_of(by_slurm);
    if (run.stop && by_slurm == SlurmEnd::cancelled)  // By us, as it didn't end when told to.
      record = {{}, static_cast<std::uint32_t>(SIGKILL), "", ""};
    close(run, by_slurm, record);
  } else if (!run.stop && leads_to_another(by_slurm) && now_ >= *run.gone_since + lock_patience) {
    const auto record = record_of(by_slurm);
    end(run, {run.plan.grace_period_s, record.code, record.message, 0, ""});
  } else if (run.stop && !run.stop_is_written) {
    run.stop_is_written = run.directory.write(*run.stop);
  }
  return true;
}

/// A controller that was killed may have been told of the end, and not have saved that: the next
/// one shows the job as running until nodes register anew, which may be an hour. What is closed is
/// cancelled there, as any job of a run that is over.
bool SlurmRuns::is_end_forgotten(Run& run) {
  if (!run.doubted_at || now_ < *run.doubted_at) return false;
  run.doubted_at.reset();
  if (!run.directory.has_ended()) return false;
  run.doubted_at = now_ + record_patience;
  return std::exchange(run.has_left_record, true);
}

/// How it ended is in its directory before it is in the log; there it ends for good.
void SlurmRuns::close(Run& run, SlurmEnd end, const ExitRecord& exit) {
  if (!run.directory.has_ended()) run.directory.write(exit);
  command(run, SlurmRun::End{{end, exit.exit_code, exit.signal, exit.message}});
}

}  // namespace orrery
