#include <algorithm>

#include "actors/gpu/gpu.hpp"
#include "actors/job/job.hpp"
#include "actors/processes/job_process_state.hpp"

namespace orrery {

using LeasePhase = JobLease::Phase;

// The fleet.

void JobProcess::State::on(const RecordedEvent& recorded, const NodeRegistered& event) {
  if (event.cpu_count == 0 && event.memory_mib == 0) return;
  nodes_.insert_or_assign(std::string(stream_id(recorded.stream)),
                          NodeSize{event.cpu_count, event.memory_mib});
}

void JobProcess::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  const auto found = lost_nodes_.find(stream_id(recorded.stream));
  if (found != lost_nodes_.end()) lost_nodes_.erase(found);
}

void JobProcess::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto node_id = stream_id(recorded.stream);
  lost_nodes_.emplace(node_id);
  update_leases_on(node_id, recorded, [](JobLease& lease) { lease.is_lost = true; });
}

void JobProcess::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  const auto gpu = stream_id(recorded.stream);
  faulty_gpus_.emplace(gpu);
  update_leases_on(gpu.substr(0, gpu.rfind(':')), recorded,
                   [&](JobLease& lease) { lease.is_broken |= is_broken(lease); });
}

void JobProcess::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  const auto found = faulty_gpus_.find(stream_id(recorded.stream));
  if (found != faulty_gpus_.end()) faulty_gpus_.erase(found);
}

bool JobProcess::State::is_broken(const JobLease& lease) const {
  return std::ranges::any_of(lease.gpu_indices, [&](std::uint32_t index) {
    return faulty_gpus_.contains(gpu_id(lease.node_id, index));
  });
}

// Leases.

template <class Change>
void JobProcess::State::update_leases_on(std::string_view node_id, const RecordedEvent& recorded,
                                         Change change) {
  for (const auto id : ids_on(node_id))
    update(id, recorded, [&](JobRecord& job) {
      for (auto& lease : job.leases)
        if (lease.node_id == node_id && is_open(lease)) change(lease);
    });
}

template <class Change>
bool JobProcess::State::update_lease(const RecordedEvent& recorded, Change change) {
  const auto lease = job_of_lease(stream_id(recorded.stream));
  if (!lease) return false;
  const auto found = jobs_.find(lease->job_id);
  if (found == jobs_.end() || found->second.attempt != lease->attempt ||
      lease->place >= found->second.leases.size())
    return false;
  update(lease->job_id, recorded, [&](JobRecord& job) { change(job.leases[lease->place]); });
  return true;
}

/// One asked for by an attempt that is over meanwhile is given back.
void JobProcess::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  if (stream_aggregate(event.holder) != Job::stream_prefix) return;
  const bool is_wanted = update_lease(recorded, [](JobLease& lease) {
    lease.phase = LeasePhase::requested;
    lease.asked = JobLeaseStep::nothing;
  });
  if (is_wanted) return;
  const auto stray = *strays_.emplace(stream_id(recorded.stream)).first;
  if (resumed_) noted_strays_.insert(stray);
}

void JobProcess::State::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  update_lease(recorded, [&](JobLease& lease) {
    lease.phase = LeasePhase::granted;
    lease.gpu_indices = event.gpu_indices;
    lease.fence = event.fence;
    lease.is_lost = lost_nodes_.contains(lease.node_id);
    lease.is_broken = is_broken(lease);
  });
}

void JobProcess::State::on(const RecordedEvent& recorded, const LeaseRefused&) {
  end_lease(recorded, LeasePhase::refused);
}

void JobProcess::State::on(const RecordedEvent& recorded, const LeaseReleased&) {
  end_lease(recorded, LeasePhase::ended);
}

void JobProcess::State::on(const RecordedEvent& recorded, const LeaseExpired&) {
  end_lease(recorded, LeasePhase::ended);
}

void JobProcess::State::end_lease(const RecordedEvent& recorded, LeasePhase phase) {
  update_lease(recorded, [&](JobLease& lease) {
    lease.phase = phase;
    lease.asked = JobLeaseStep::nothing;
  });
  if (const auto found = strays_.find(stream_id(recorded.stream)); found != strays_.end())
    strays_.erase(found);
}

}  // namespace orrery
