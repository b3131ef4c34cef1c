#include "actors/batch/forecast.hpp"

#include <algorithm>
#include <utility>

namespace orrery::batch {

std::string_view to_slurm_word(WaitReason reason) {
  switch (reason) {
    case WaitReason::none:
      return "None";
    case WaitReason::priority:
      return "Priority";
    case WaitReason::resources:
      return "Resources";
    case WaitReason::held_by_user:
      return "JobHeldUser";
    case WaitReason::held_by_admin:
      return "JobHeldAdmin";
    case WaitReason::begin_time:
      return "BeginTime";
    case WaitReason::dependency:
      return "Dependency";
    case WaitReason::dependency_never_satisfied:
      return "DependencyNeverSatisfied";
    case WaitReason::array_task_limit:
      return "JobArrayTaskLimit";
    case WaitReason::running_limit:
      return "AssocMaxJobsLimit";
    case WaitReason::gpu_limit:
      return "AssocGrpGRES";
    case WaitReason::qos_limit:
      return "QOSMaxJobsPerUserLimit";
    case WaitReason::partition_down:
      return "PartitionDown";
    case WaitReason::partition_time_limit:
      return "PartitionTimeLimit";
    case WaitReason::never_fits:
      return "BadConstraints";
    case WaitReason::nodes_unavailable:
      return "ReqNodeNotAvail";
    case WaitReason::reservation:
      return "Reservation";
    case WaitReason::user_suspended:
      return "InvalidAccount";
  }
  return "None";
}

const JobForecast* Forecast::find(std::uint32_t job_id) const {
  const auto found =
      std::lower_bound(jobs.begin(), jobs.end(), job_id,
                       [](const JobForecast& job, std::uint32_t id) { return job.job_id < id; });
  return found == jobs.end() || found->job_id != job_id ? nullptr : &*found;
}

void ForecastBoard::pass_begins() {
  if (stopwatch_) pass_began_ = stopwatch_();
}

void ForecastBoard::publish(std::string cluster, std::shared_ptr<Forecast> forecast) {
  if (stopwatch_)
    forecast->pass_us = static_cast<std::uint32_t>((stopwatch_() - pass_began_).count());
  // Takes the old one along: it is freed after the lock is.
  std::shared_ptr<const Forecast> shown = std::move(forecast);
  const std::lock_guard lock(mutex_);
  forecasts_[std::move(cluster)].swap(shown);
}

std::shared_ptr<const Forecast> ForecastBoard::of(std::string_view cluster) const {
  const std::lock_guard lock(mutex_);
  const auto found = forecasts_.find(cluster);
  return found == forecasts_.end() ? nullptr : found->second;
}

}  // namespace orrery::batch
