#include "sim/checkers/jobs_settle.hpp"

#include <algorithm>

#include "actors/gpu/gpu.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

template <class... E>
bool is_one_of(const Event& event) {
  return (std::holds_alternative<E>(event) || ...);
}

}  // namespace

void JobsSettle::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  const auto aggregate = stream_aggregate(recorded.stream);
  if (aggregate == "job") {
    on_job(recorded, id);
  } else if (aggregate == "lease") {
    on_lease(recorded);
  } else if (const auto* array = std::get_if<JobArraySubmitted>(&event)) {
    for (std::size_t place = 0; place < array->task_ids.size(); ++place) {
      arrays_[id].push_back(std::to_string(std::stoul(id) + place));
      missing_[arrays_[id].back()] = recorded.position;
    }
  } else if (std::holds_alternative<JobArrayCancelled>(event)) {
    for (const auto& task : arrays_[id]) missing_.erase(task);
  }
}

void JobsSettle::on_job(const RecordedEvent& recorded, const std::string& id) {
  const auto& event = recorded.event;
  if (std::holds_alternative<JobMailNoted>(event)) return;
  if (ended_.count(id) != 0)
    violated(recorded.position, recorded.stream + " goes on after its end");
  if (std::holds_alternative<JobSubmitted>(event)) missing_.erase(id);
  if (const auto* decision = std::get_if<JobScheduled>(&event)) {
    if (decision->attempt != ++attempts_[id])
      violated(recorded.position, recorded.stream + " skips an attempt");
    if (moving_.count(id) != 0)
      violated(recorded.position, recorded.stream + " is scheduled while it has a place");
    moving_[id] = recorded.position;
  } else if (const auto* allocation = std::get_if<JobAllocated>(&event)) {
    allocated(recorded, id, *allocation);
  } else if (std::holds_alternative<JobStarted>(event)) {
    moving_.erase(id);
  } else if (is_one_of<JobStopRequested, JobExited>(event)) {
    moving_[id] = recorded.position;
  } else if (is_one_of<JobUnscheduled, JobRequeued, JobEnded>(event)) {
    expect_nothing_held(recorded, id);
    moving_.erase(id);
    running_.erase(id);
    if (std::holds_alternative<JobEnded>(event)) ended_.insert(id);
  }
}

void JobsSettle::on_lease(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto& lease = recorded.stream;
  if (const auto* request = std::get_if<LeaseRequested>(&event)) {
    if (stream_aggregate(request->holder) == "job")
      job_of_lease_[lease] = stream_id(request->holder);
    return;
  }
  const auto job = job_of_lease_.find(lease);
  if (job == job_of_lease_.end()) return;
  if (const auto* grant = std::get_if<LeaseGranted>(&event)) {
    held_[job->second][lease] = {grant->node_id, grant->gpu_indices};
  } else if (is_one_of<LeaseReleased, LeaseExpired>(event)) {
    held_[job->second].erase(lease);
  }
}

void JobsSettle::allocated(const RecordedEvent& recorded, const std::string& id,
                           const JobAllocated& allocation) {
  running_[id] = allocation.places.size();
  for (const auto& place : allocation.places) {
    const bool is_held = std::ranges::any_of(held_[id], [&](const auto& lease) {
      return lease.second.node_id == place.node_id && lease.second.gpu_indices == place.gpu_indices;
    });
    // Its node may have been lost in the meantime: then it is about to hear of it.
    if (!is_held && held_[id].size() >= allocation.places.size())
      violated(recorded.position, recorded.stream + " is given what it doesn't hold");
    for (const auto index : place.gpu_indices)
      if (!starts_.insert({gpu_id(place.node_id, index), allocation.fence}).second)
        violated(recorded.position, recorded.stream + " starts with the fence of another");
  }
}

void JobsSettle::expect_nothing_held(const RecordedEvent& recorded, const std::string& id) {
  if (!held_[id].empty())
    violated(recorded.position, recorded.stream + " leaves " + held_[id].begin()->first + " held");
}

void JobsSettle::at_rest() {
  for (const auto& [job, position] : moving_)
    if (!has_rested_) violated(position, "job/" + job + " never comes to rest");
  for (const auto& [job, position] : missing_) violated(position, "job/" + job + " is never made");
  for (const auto& [job, leases] : held_) {
    const auto running = running_.find(job);
    const auto place_count = running == running_.end() ? 0 : running->second;
    if (leases.size() != place_count)
      violated(0, "job/" + job + " runs on " + std::to_string(place_count) + " nodes and holds " +
                      std::to_string(leases.size()) + " leases");
  }
}

}  // namespace orrery
