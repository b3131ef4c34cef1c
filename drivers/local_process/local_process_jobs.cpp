#include <algorithm>
#include <csignal>

#include <fmt/chrono.h>

#include "drivers/local_process/local_processes.hpp"
#include "drivers/runs/job_planning.hpp"
#include "drivers/runs/run_signals.hpp"
#include "drivers/runs/supervisor_spawn.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

/// Steps in which utilisation is told. Rounded down, so that what is below a threshold of so much
/// stays below it.
constexpr std::uint32_t percent_step = 5;

/// What slurmstepd "dies" of where it can't open a file.
constexpr std::uint32_t io_signal = 53;

/// As slurmstepd writes it: the host's own time.
std::string local_time() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(SystemClock().now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::localtime(now.time_since_epoch().count()));
}

/// The mean over its GPUs; none where it isn't known of one of them, or there is none.
std::optional<std::uint8_t> mean_of(const GpuUtilisation& utilisation,
                                    const std::vector<std::uint32_t>& gpu_indices) {
  std::uint32_t sum = 0;
  for (const auto index : gpu_indices) {
    const auto found = utilisation.find(index);
    if (found == utilisation.end()) return std::nullopt;
    sum += found->second;
  }
  if (gpu_indices.empty()) return std::nullopt;
  const auto mean = sum / static_cast<std::uint32_t>(gpu_indices.size());
  return static_cast<std::uint8_t>(mean / percent_step * percent_step);
}

}  // namespace

void LocalProcesses::start(const StartJob& start) {
  Order order{run_id_of_job(start.job_id), start.node_id, {}, start.fence, start.origin};
  if (!start.places.empty()) order.gpu_indices = start.places.front().gpu_indices;
  begin(order, [&](const RunDirectory& directory) { return plan_job(ground_, start, directory); });
}

void LocalProcesses::signal(const SignalJob& signal) {
  auto* run = find(run_id_of_job(signal.job_id), signal.fence);
  if (run == nullptr || run->phase != LocalRun::Phase::begun) return;
  const auto last = run->directory.signal().value_or(SignalRecord{});
  if (signal.number <= last.number || !run->directory.write(SignalRecord{signal.number})) return;
  signal_run(run->process.supervisor, run->process.leader, run->plan.is_sandboxed,
             static_cast<int>(signal.signal), signal.to_script_only);
}

void LocalProcesses::stop(const StopJob& stop) {
  const bool is_killed = stop.signal == static_cast<std::uint32_t>(SIGKILL);
  StopRecord wish;
  wish.grace_period_s = is_killed ? 0 : stop.grace_period_s;
  wish.signal = stop.signal;
  wish.notice = cancellation_notice(stop.job_id, stop.node_id, stop.reason, local_time());
  this->stop({run_id_of_job(stop.job_id), stop.node_id, {}, stop.fence, stop.origin}, wish);
}

void LocalProcesses::take_utilisation(const GpuUtilisation& utilisation) {
  for (auto& [name, run] : runs_) {
    if (run.phase != LocalRun::Phase::begun || !job_of_run(run.plan.service_id)) continue;
    const auto mean = mean_of(utilisation, run.plan.gpu_indices);
    if (!mean || run.gpu_percent == mean) continue;
    run.gpu_percent = mean;
    report_on_job(run.plan, Job::ReportUtilisation{run.plan.fence, *mean});
  }
}

void LocalProcesses::tell_job_start(LocalRun& run) {
  if (std::exchange(run.launch_is_told, true)) return;
  run.gpu_percent.reset();
  report_on_job(run.plan, Job::ReportStarted{run.plan.fence});
}

void LocalProcesses::tell_job_end(const LocalRun& run, const ExitRecord& exit) {
  JobExited told{exit.exit_code, exit.signal, true, ""};
  const bool could_run = exit.code.empty() || exit.code == "out_of_memory";
  if (!could_run) told.failure = exit.message;
  if (exit.code == io_setup_failed) told.signal = io_signal;
  report_on_job(run.plan, Job::ReportExited{run.plan.fence, std::move(told)});
}

void LocalProcesses::report_on_job(const LaunchPlan& plan, Job::Command command) {
  report_({To<Job>{std::string(*job_of_run(plan.service_id)), std::move(command)},
           local_process_origin({"", plan.causation, plan.correlation})});
}

}  // namespace orrery
