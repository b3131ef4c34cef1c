#include <algorithm>
#include <chrono>
#include <filesystem>

#include "drivers/runs/run_listing.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"

namespace orrery {
namespace {

/// What was planned and never came to the log, for long enough: whoever wants it plans it anew.
constexpr std::chrono::hours leftover_age{24};

bool is_leftover(const RunDirectory& directory) {
  std::error_code failure;
  const auto written = std::filesystem::last_write_time(directory.path(), failure);
  const auto now = std::filesystem::file_time_type::clock::now();
  return !failure && !directory.has_begun() && now - written > leftover_age;
}

}  // namespace

void SlurmRuns::adopt() {
  for (const auto& path : list_runs(configuration_.directory)) adopt(path);
  forget_old_runs();
}

/// What no attempt was requested for is nobody's: whoever wants it says so again.
void SlurmRuns::adopt(const std::filesystem::path& path) {
  const RunDirectory directory(path);
  const auto name = path.filename().string();
  if (!directory.is_reported() && !directory.has_ended() &&
      std::holds_alternative<SlurmRun::Absent>(surroundings_.read(name))) {
    std::error_code ignored;
    if (is_leftover(directory)) std::filesystem::remove_all(path, ignored);
    return;
  }
  auto& run = take_up(name);
  if (run.is_done) return ended_.push_back(name);
  if (run.is_over) return tell_end(run);
  ports_.at(run.plan.host).note_taken(run.plan.ports);
  step(run);
}

/// What is known of it now, from its directory and its stream. It is not looked at further.
SlurmRuns::Run& SlurmRuns::take_up(const std::string& name) {
  Run run{RunDirectory(configuration_.directory / name)};
  const auto& directory = run.directory;
  const auto parts = RunDirectory::name_of(directory.path());
  run.arrival = ++arrivals_;
  run.blind_until = looks_begun_;
  run.submitted_at = now_;
  run.is_done = directory.is_reported();
  if (!run.is_done) {
    run.state = surroundings_.read(name);
    run.stop = directory.stop();
  }
  if (!run.is_done && !std::holds_alternative<SlurmRun::Absent>(run.state)) {
    run.plan = directory.launch().value_or(LaunchPlan{});
    run.submission = read_submission(directory).value_or(SubmissionRecord{});
    run.is_written = !run.submission.order.nodes.empty();
  }
  run.plan.service_id = parts->service_id;
  run.plan.fence = parts->fence;
  run.stop_is_written = run.stop.has_value();
  run.signal_at = now_;
  const bool has_record = directory.has_ended();
  run.has_failed = has_record && !run.is_claimed();
  run.is_over = run.is_done || SlurmRun::is_terminal(run.state) ||
                (has_record && std::holds_alternative<SlurmRun::Absent>(run.state));
  // Withdrawn by a driver that came no further.
  if (run.is_withdrawn() && !run.stop)
    run.stop = StopRecord{run.plan.grace_period_s, "", "", 0, ""};
  auto& fence = fences_[run.plan.service_id];
  fence = std::max(fence, run.plan.fence);
  auto& kept = runs_.insert_or_assign(name, std::move(run)).first->second;
  if (kept.is_over) return kept;
  living_[kept.plan.service_id][kept.plan.fence] = &kept;
  if (!kept.is_claimed()) unclaimed_[kept.arrival] = &kept;
  return kept;
}

/// The oldest go; those whose end nobody has taken yet stay.
void SlurmRuns::forget_old_runs() {
  std::error_code ignored;
  while (ended_.size() > configuration_.ended_runs_max) {
    if (const auto found = runs_.find(ended_.front()); found != runs_.end()) {
      const auto& plan = found->second.plan;
      const auto seen = fences_.find(plan.service_id);
      if (seen != fences_.end() && seen->second == plan.fence) fences_.erase(seen);
      std::filesystem::remove_all(found->second.directory.path(), ignored);
      runs_.erase(found);
    }
    ended_.pop_front();
  }
}

}  // namespace orrery
