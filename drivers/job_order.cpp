#include "drivers/job_order.hpp"

#include <utility>

#include "actors/job/job.hpp"
#include "actors/job_array/job_array.hpp"
#include "actors/runtime/aggregate_actor.hpp"

namespace orrery {
namespace {

JobArrayExtent extent_of(const std::vector<std::uint32_t>& task_ids) {
  JobArrayExtent extent;
  if (task_ids.empty()) return extent;
  extent.task_count = static_cast<std::uint32_t>(task_ids.size());
  extent.task_id_min = task_ids.front();
  extent.task_id_max = task_ids.back();
  if (task_ids.size() > 1) extent.task_id_step = task_ids[1] - task_ids[0];
  return extent;
}

/// The array's own stream begins with what was asked for.
std::optional<JobArrayExtent> read_extent(const EventLog& log, std::uint32_t array_id) {
  std::optional<JobArrayExtent> extent;
  const auto stream = stream_name(JobArray::stream_prefix, std::to_string(array_id));
  const auto read = log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    const auto recorded = record(stored);
    if (const auto* submitted = std::get_if<JobArraySubmitted>(&recorded.event))
      extent = extent_of(submitted->task_ids);
    return false;
  });
  if (!read) stop_for_damage(read.error());
  return extent;
}

}  // namespace

bool complete(StartJob& start, const EventLog& log) {
  auto job = replay<Job>(log, start.job_id);
  auto* active = std::get_if<Job::Active>(&job.state);
  if (active == nullptr || active->core.attempt != start.attempt) return false;
  start.specification = std::move(active->core.request.specification);
  start.task = active->core.request.task;
  if (start.task) start.array = read_extent(log, start.task->array_id);
  return true;
}

}  // namespace orrery
