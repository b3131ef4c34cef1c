#include "http/aicenter/jobs/job_priority.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "actors/batch/explain.hpp"
#include "events/folds/billing_terms.hpp"

namespace orrery::aicenter {

std::uint32_t priority_at_start(const batch::Forecast* forecast, const BatchPolicy& policy,
                                const JobRow& job) {
  if (job.priority != 0) return job.priority;
  batch::ExplainedJob explained;
  explained.id = job.id;
  explained.user = job.facts->user;
  explained.account = job.facts->account;
  explained.qos = job.facts->qos;
  explained.partitions = job.facts->partitions;
  explained.resources = job.facts->resources;
  explained.nice = job.facts->nice;
  explained.begin_time_s = job.facts->begin_time_s;
  explained.submitted_s = seconds_of(job.submitted_at);
  const auto started_s = std::max(seconds_of(job.started_at), explained.submitted_s);
  double points = 0;
  for (const auto& factor : batch::explain(forecast, policy, explained, started_s).factors)
    points += factor.points();
  points = std::round(points) - explained.nice;
  // 0 would say that it is held.
  return static_cast<std::uint32_t>(
      std::clamp(points, 1.0, double(std::numeric_limits<std::uint32_t>::max() - 1)));
}

}  // namespace orrery::aicenter
