#include "actors/job/job_outcome.hpp"

#include <cstdlib>

namespace orrery {

JobEnded outcome_of(JobStopReason reason) {
  switch (reason) {
    case JobStopReason::cancelled:
    case JobStopReason::requeued:
      return {JobOutcome::cancelled, "None"};
    case JobStopReason::time_limit:
      return {JobOutcome::timeout, "TimeLimit"};
    case JobStopReason::idle:
      return {JobOutcome::cancelled, "GpuIdle"};
    case JobStopReason::preempted:
      return {JobOutcome::preempted, "None"};
    case JobStopReason::node_failed:
      return {JobOutcome::node_fail, "NodeDown"};
    case JobStopReason::dependency_never_satisfied:
      return {JobOutcome::cancelled, "DependencyNeverSatisfied"};
  }
  std::abort();
}

JobEnded outcome_of(const std::optional<JobStopRequested>& stop, const JobExited& exit) {
  if (stop) return outcome_of(stop->reason);
  if (!exit.is_confirmed) return {JobOutcome::node_fail, "NodeDown"};
  if (!exit.failure.empty()) return {JobOutcome::failed, "JobLaunchFailure"};
  if (exit.exit_code == 0u && !exit.signal) return {JobOutcome::completed, "None"};
  return {JobOutcome::failed, "NonZeroExitCode"};
}

}  // namespace orrery
