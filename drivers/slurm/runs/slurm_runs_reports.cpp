#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "drivers/slurm/runs/attempt_files.hpp"
#include "drivers/slurm/runs/run_reports.hpp"
#include "drivers/slurm/runs/slurm_runs.hpp"
#include "drivers/slurm/slurm_origin.hpp"

namespace orrery {

void SlurmRuns::report(const Run& run, AddressedCommand command) {
  surroundings_.send(
      {std::move(command), slurm_driver_origin({"", run.plan.causation, run.plan.correlation})});
}

void SlurmRuns::tell_launch(Run& run) {
  if (std::exchange(run.launch_is_told, true)) return;
  run.next_probe = now_;
  report(run, report_of_launch(run));
}

void SlurmRuns::tell_readiness(Run& run) {
  run.start_deadline.reset();
  if (std::exchange(run.readiness_is_told, true)) return;
  run.directory.mark(ServiceStage::running);
  report(run, To<Service>{run.plan.service_id, Service::ReportReady{run.plan.fence}});
}

/// Who wants an instance off says with that whether it is to be saved, and says so again to another
/// driver: until then it isn't told that it is off.
bool SlurmRuns::is_instance_to_hear_of(const Run& run) {
  return kind_of_run(run.plan.service_id) == RunKind::instance && run.stop &&
         run.stop->code.empty() && !run.stop_is_told;
}

void SlurmRuns::tell_end(const Run& run) {
  if (is_instance_to_hear_of(run) || save(run)) return;
  for (auto& told : reports_of_end(run)) report(run, std::move(told));
}

/// True where the end of an instance is told only once its disk is saved.
bool SlurmRuns::save(const Run& run) {
  if (!run.snapshot || kind_of_run(run.plan.service_id) != RunKind::instance) return false;
  if (being_saved_.insert(run.name()).second)
    surroundings_.call(
        SaveCall{run.name(), std::string(instance_of_run(run.plan.service_id)), *run.snapshot});
  return true;
}

/// Where it can't be saved there is no image, and it is off all the same.
void SlurmRuns::take(const SaveCall& call,
                     const boost::system::result<std::uint64_t, LaunchFailure>& answer) {
  being_saved_.erase(call.run);
  auto* run = find(call.run);
  if (run == nullptr) return;
  if (answer)
    report(*run, To<Instance>{call.instance_id,
                              Instance::ReportSnapshot{{call.wish, *answer}, run->plan.fence}});
  run->snapshot_failure.reset();
  if (!answer) run->snapshot_failure = answer.error();
  run->snapshot.reset();
  tell_end(*run);
}

/// Nothing of it is left in Slurm, and its stream says so.
void SlurmRuns::finish(Run& run) {
  if (std::exchange(run.is_over, true)) return;
  unclaimed_.erase(run.arrival);
  if (const auto living = living_.find(run.plan.service_id); living != living_.end()) {
    living->second.erase(run.plan.fence);
    if (living->second.empty()) living_.erase(living);
  }
  ports_.at(run.plan.host).give_back(run.plan.ports);
  if (run.is_being_probed) surroundings_.cancel_probe(run.name());
  tell_end(run);
}

void SlurmRuns::end_was_taken(const std::string& run_id, std::uint64_t fence) {
  auto* run = find(fmt::format("{}.{}", run_id, fence));
  if (run == nullptr || !run->is_over || std::exchange(run->is_done, true)) return;
  run->directory.mark_reported();
  remove_claims(run->directory);
  std::error_code ignored;
  std::filesystem::remove_all(run->directory.work(), ignored);
  // What the user of a job wrote is only lent to the driver.
  if (kind_of_run(run_id) == RunKind::job) run->directory.withdraw_launch();
  run->plan.environment = {};
  run->plan.command = {};
  run->submission = {};
  ended_.push_back(run->name());
  forget_old_runs();
}

void SlurmRuns::was_not_wanted(const std::string& run_id, std::uint64_t fence) {
  auto* run = find(fmt::format("{}.{}", run_id, fence));
  if (run == nullptr) return;
  if (run->is_over) return end_was_taken(run_id, fence);
  if (!run->stop) end(*run, {run->plan.grace_period_s, "", "", 0, ""});
}

}  // namespace orrery
