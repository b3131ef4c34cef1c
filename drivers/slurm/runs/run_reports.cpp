#include "drivers/slurm/runs/run_reports.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "drivers/runs/job_planning.hpp"
#include "drivers/slurm/plan/instance_address.hpp"
#include "drivers/slurm/plan/slurm_plan.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

/// What slurmstepd "dies" of where it can't open a file.
constexpr std::uint32_t io_signal = 53;

/// What an exit record says of a run that could be started, beside Slurm's word.
constexpr std::array<std::string_view, 4> codes_of_begun{"", "out_of_memory", "supervisor_lost",
                                                         "ended_before_start"};

std::string_view code_of(SlurmEnd end) {
  switch (end) {
    case SlurmEnd::cancelled:
      return "cancelled_in_slurm";
    case SlurmEnd::timed_out:
      return "time_limit";
    case SlurmEnd::preempted:
      return "preempted";
    case SlurmEnd::node_failed:
      return "node_failed";
    case SlurmEnd::out_of_memory:
      return "out_of_memory";
    case SlurmEnd::lost:
      return "lost_in_slurm";
    case SlurmEnd::exited:
    case SlurmEnd::never_started:
      break;
  }
  return "";
}

std::string_view message_of(SlurmEnd end) {
  switch (end) {
    case SlurmEnd::cancelled:
      return "Somebody cancelled its job in Slurm.";
    case SlurmEnd::timed_out:
      return "Slurm ended it at its time limit.";
    case SlurmEnd::preempted:
      return "Slurm ended it in favour of another.";
    case SlurmEnd::node_failed:
      return "Its node failed.";
    case SlurmEnd::out_of_memory:
      return "It needed more than its memory.";
    case SlurmEnd::lost:
      return "It is gone from Slurm, and left no word.";
    case SlurmEnd::exited:
    case SlurmEnd::never_started:
      break;
  }
  return "";
}

/// What Slurm did to it; exited where it ended by itself, or as was asked for.
SlurmEnd end_of_run(const RunOnSlurm& run) {
  const auto* ended = std::get_if<SlurmRun::Ended>(&run.state);
  const bool is_well = ended != nullptr && ended->end.exit_code == 0u;
  // Told to end because Slurm doesn't run it any more, and it went on.
  for (const auto end : {SlurmEnd::lost, SlurmEnd::node_failed})
    if (run.stop && !is_well && run.stop->code == code_of(end)) return end;
  return ended == nullptr || run.stop ? SlurmEnd::exited : ended->end.end;
}

ExitRecord record_of_run(const RunOnSlurm& run) {
  if (run.failure) return {{}, {}, run.failure->code, run.failure->message};
  if (auto exit = run.directory.exit()) return std::move(*exit);
  const auto* ended = std::get_if<SlurmRun::Ended>(&run.state);
  if (ended == nullptr) return {};
  return {ended->end.exit_code, ended->end.signal, "", ended->end.message};
}

AddressedCommand end_of_service(const RunOnSlurm& run, const ExitRecord& exit) {
  const auto& [id, fence] = std::pair(run.plan.service_id, run.plan.fence);
  const auto failed = [&](std::string_view code, std::string_view message) {
    return To<Service>{id, Service::ReportFailed{std::string(code), std::string(message), fence}};
  };
  const auto end = end_of_run(run);
  if (run.stop && !run.stop->code.empty()) return failed(run.stop->code, run.stop->message);
  if (run.stop) return To<Service>{id, Service::ReportExited{fence, exit.exit_code, exit.signal}};
  if (!code_of(end).empty()) return failed(code_of(end), message_of(end));
  if (!exit.code.empty()) return failed(exit.code, exit.message);
  return To<Service>{id, Service::ReportExited{fence, exit.exit_code, exit.signal}};
}

std::optional<JobStopReason> stop_reason_of(SlurmEnd end) {
  switch (end) {
    case SlurmEnd::cancelled:
      return JobStopReason::cancelled;
    case SlurmEnd::timed_out:
      return JobStopReason::time_limit;
    case SlurmEnd::preempted:
      return JobStopReason::preempted;
    case SlurmEnd::node_failed:
    case SlurmEnd::lost:
      return JobStopReason::node_failed;
    default:
      return std::nullopt;
  }
}

/// Whether it is tried again where it may be: nothing of this run is left, and none can claim it.
/// What Slurm would have requeued, had it been asked to, goes back as well.
bool goes_back_after(JobStopReason reason) {
  return reason == JobStopReason::node_failed || reason == JobStopReason::preempted;
}

/// Why Slurm ended it comes first, so that its user hears of it as of what we do ourselves.
std::vector<AddressedCommand> end_of_job(const RunOnSlurm& run, const ExitRecord& exit) {
  std::vector<AddressedCommand> told;
  const std::string id(*job_of_run(run.plan.service_id));
  const auto end = end_of_run(run);
  const auto reason = stop_reason_of(end);
  if (reason && run.submission.job_attempt != 0) {
    const Job::Stop stop{{*reason, 0, "", goes_back_after(*reason)}, run.submission.job_attempt};
    told.push_back(To<Job>{id, stop});
  }
  JobExited exited{exit.exit_code, exit.signal, true, ""};
  const bool could_run = exit.code == code_of(end) ||
                         std::ranges::find(codes_of_begun, exit.code) != codes_of_begun.end();
  if (!could_run) exited.failure = exit.message;
  if (exit.code == io_setup_failed) exited.signal = io_signal;
  told.push_back(To<Job>{id, Job::ReportExited{run.plan.fence, std::move(exited)}});
  return told;
}

AddressedCommand end_of_instance(const RunOnSlurm& run, const ExitRecord& exit) {
  const std::string id(instance_of_run(run.plan.service_id));
  const auto fence = run.plan.fence;
  const auto failed = [&](std::string_view code, std::string_view message) {
    return To<Instance>{id, Instance::ReportFailed{std::string(code), std::string(message), fence}};
  };
  if (run.snapshot_failure)
    return failed(run.snapshot_failure->code, run.snapshot_failure->message);
  if (run.stop && run.stop->code.empty()) return To<Instance>{id, Instance::ReportStopped{fence}};
  const auto end = end_of_run(run);
  if (run.stop) return failed(run.stop->code, run.stop->message);
  if (!code_of(end).empty()) return failed(code_of(end), message_of(end));
  if (!exit.code.empty()) return failed(exit.code, exit.message);
  return failed("exited", "Its process has ended.");
}

}  // namespace

SlurmEnd end_of(SlurmJobState state) {
  switch (state) {
    case SlurmJobState::cancelled:
      return SlurmEnd::cancelled;
    case SlurmJobState::timeout:
    case SlurmJobState::deadline:
      return SlurmEnd::timed_out;
    case SlurmJobState::preempted:
      return SlurmEnd::preempted;
    case SlurmJobState::node_fail:
    case SlurmJobState::boot_fail:
      return SlurmEnd::node_failed;
    case SlurmJobState::out_of_memory:
      return SlurmEnd::out_of_memory;
    default:
      return SlurmEnd::lost;
  }
}

bool leads_to_another(SlurmEnd end) {
  return end == SlurmEnd::lost || end == SlurmEnd::node_failed;
}

ExitRecord record_of(SlurmEnd end) {
  return {{}, {}, std::string(code_of(end)), std::string(message_of(end))};
}

std::string notice_of_end(const StopJob& stop) {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(SystemClock().now());
  return cancellation_notice(
      stop.job_id, stop.node_id, stop.reason,
      fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::localtime(now.time_since_epoch().count())));
}

AddressedCommand report_of_launch(const RunOnSlurm& run) {
  const auto& plan = run.plan;
  const auto port = plan.ports.empty() ? std::uint16_t{0} : plan.ports.front();
  switch (kind_of_run(plan.service_id)) {
    case RunKind::job:
      return To<Job>{std::string(*job_of_run(plan.service_id)), Job::ReportStarted{plan.fence}};
    case RunKind::instance:
      return To<Instance>{std::string(instance_of_run(plan.service_id)),
                          Instance::ReportStarted{address_of_instance(plan), plan.fence}};
    case RunKind::service:
      break;
  }
  return To<Service>{plan.service_id, Service::ReportLaunched{{plan.host, port}, plan.fence}};
}

/// A job that may not is refused this, and left as it is: unlike one whose node failed, it hasn't
/// run, so it isn't to end for that.
AddressedCommand wish_to_go_back(const RunOnSlurm& run) {
  return To<Job>{std::string(*job_of_run(run.plan.service_id)),
                 Job::Stop{{JobStopReason::requeued, 0, "", true}, run.submission.job_attempt}};
}

std::vector<AddressedCommand> reports_of_end(const RunOnSlurm& run) {
  const auto exit = record_of_run(run);
  switch (kind_of_run(run.plan.service_id)) {
    case RunKind::job:
      return end_of_job(run, exit);
    case RunKind::instance:
      return {end_of_instance(run, exit)};
    case RunKind::service:
      break;
  }
  return {end_of_service(run, exit)};
}

}  // namespace orrery
