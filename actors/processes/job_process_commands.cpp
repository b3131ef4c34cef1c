#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "actors/job/job.hpp"
#include "actors/processes/job_process_state.hpp"

namespace orrery {

using LeasePhase = JobLease::Phase;

namespace {

std::string stream_id_of(std::uint32_t id) { return std::to_string(id); }

Job::Allocate allocation_of(const JobRecord& job) {
  Job::Allocate allocate{job.attempt, {}};
  for (const auto& lease : job.leases) {
    allocate.allocation.places.push_back({lease.node_id, lease.gpu_indices});
    allocate.allocation.fence = std::max(allocate.allocation.fence, lease.fence);
  }
  return allocate;
}

/// One whose first node is lost: only this process can say so.
Job::ReportExited report_of_loss(const JobRecord& job) {
  Job::ReportExited report{allocation_of(job).allocation.fence, {}};
  report.exit.is_confirmed = false;
  return report;
}

Job::Stop stop_for(const JobRecord& job, JobStopReason reason) {
  const bool goes_back = reason == JobStopReason::node_failed;
  return {{reason, 0, "", goes_back}, job.attempt};
}

/// What made room for another starts again as soon as it may.
Job::Finish finish(const JobRecord& job, const JobRules& rules) {
  const bool waits = job.stop && job.stop->reason != JobStopReason::preempted;
  return {job.attempt, waits ? job.exited_s + std::int64_t{rules.requeue_delay_s} : 0};
}

JobSubmitted request_of_task(const JobArraySubmitted& array, std::uint32_t array_id,
                             std::uint32_t place) {
  return {array.specification, JobArrayTask{array_id, array.task_ids[place], array.running_max},
          array.hold, "", ""};
}

}  // namespace

/// Nobody shares the processors and memory of an exclusive job; its GPUs are those it asks for.
AddressedCommand JobProcess::State::lease_request(Id id, const JobRecord& job,
                                                  std::size_t place) const {
  const auto& node_id = job.leases[place].node_id;
  const auto& wish = job.resources;
  LeaseRequested request{stream_name(Job::stream_prefix, stream_id_of(id)),
                         job.cluster,
                         wish.gpus_per_node == 0 ? "" : wish.gpu_model,
                         wish.gpus_per_node,
                         WhenFull::refuse,
                         wish.cpus_per_node,
                         wish.memory_mib_per_node};
  if (const auto node = nodes_.find(node_id); wish.is_exclusive && node != nodes_.end()) {
    request.cpu_count = node->second.cpu_count;
    request.memory_mib = node->second.memory_mib;
  }
  if (job.leases.size() > 1)
    request.gang = {"job-" + stream_id_of(id) + "." + std::to_string(job.attempt),
                    static_cast<std::uint32_t>(job.leases.size()),
                    static_cast<std::uint32_t>(place)};
  request.node_id = node_id;
  return To<Lease>{lease_of_job(id, job.attempt, place), Lease::Request{std::move(request)}};
}

AddressedCommand JobProcess::State::command_for(JobStep step, Id id, const JobRecord& job) const {
  const auto to = stream_id_of(id);
  switch (step) {
    case JobStep::allocate:
      return To<Job>{to, allocation_of(job)};
    case JobStep::unschedule:
      return To<Job>{to, Job::Unschedule{job.attempt, obstacle_of(job)}};
    case JobStep::cancel: {
      const auto* array = array_of(job);
      return To<Job>{to, Job::Stop{{JobStopReason::cancelled, 0,
                                    array && array->is_cancelled ? array->cancelled_by : "", false},
                                   0}};
    }
    case JobStep::stop_for_node:
      return To<Job>{to, stop_for(job, JobStopReason::node_failed)};
    case JobStep::stop_for_time:
      return To<Job>{to, stop_for(job, JobStopReason::time_limit)};
    case JobStep::stop_for_idle:
      return To<Job>{to, stop_for(job, JobStopReason::idle)};
    case JobStep::report_lost:
      return To<Job>{to, report_of_loss(job)};
    case JobStep::warn_of_time:
      return To<Job>{to, Job::Warn{job.attempt, JobWarning::time_limit}};
    case JobStep::warn_of_idle:
      return To<Job>{to, Job::Warn{job.attempt, JobWarning::idle}};
    case JobStep::signal:
      return To<Job>{to, Job::Signal{{job.signal.number, job.signal.to_script_only}}};
    case JobStep::finish:
      return To<Job>{to, finish(job, rules_of(job))};
    case JobStep::nothing:
      break;
  }
  assert(false && "no command for this step");
  return {};
}

void JobProcess::State::append_owed(Id id, JobRecord& job, std::vector<OwedCommand>& owed) {
  append_leases(id, job, owed);
  const Origin origin{std::string(name), job.causation, job.correlation};
  const auto* array = array_of(job);
  const auto step = owed_step(job, rules_of(job), array && array->is_cancelled, now_s_);
  if (step != std::exchange(job.asked, step) && step != JobStep::nothing)
    owed.push_back({command_for(step, id, job), origin});
  for (unsigned mails = owed_mails(job, now_s_) & ~unsigned{job.mails_asked}; mails != 0;
       mails &= mails - 1) {
    const auto type = static_cast<std::uint16_t>(1u << std::countr_zero(mails));
    job.mails_asked = static_cast<std::uint16_t>(job.mails_asked | type);
    owed.push_back({To<Job>{stream_id_of(id), Job::NoteMail{job.attempt, type}}, origin});
  }
}

void JobProcess::State::append_leases(Id id, JobRecord& job, std::vector<OwedCommand>& owed) const {
  const Origin origin{std::string(name), job.causation, job.correlation};
  for (std::size_t place = 0; place < job.leases.size(); ++place) {
    auto& lease = job.leases[place];
    const auto step = owed_step(job, lease);
    if (step == JobLeaseStep::nothing || step == std::exchange(lease.asked, step)) continue;
    if (step == JobLeaseStep::request)
      owed.push_back({lease_request(id, job, place), origin});
    else
      owed.push_back({To<Lease>{lease_of_job(id, job.attempt, place), Lease::Release{}}, origin});
  }
}

/// Tasks of an array that is cancelled aren't made any more.
void JobProcess::State::append_tasks(Id id, JobArrayRecord& array,
                                     std::vector<OwedCommand>& owed) const {
  if (array.is_cancelled) return;
  const Origin origin{std::string(name), array.causation, array.correlation};
  for (std::uint32_t place = 0; place < array.request.task_ids.size(); ++place)
    if (!array.created.contains(place) && array.asked.insert(place).second)
      owed.push_back({To<Job>{stream_id_of(id + place),
                              Job::Submit{request_of_task(array.request, id, place)}},
                      origin});
}

/// What else is refused was late: the next event about the job says so.
void JobProcess::State::refused(const RefusedCommand& refused) {
  const auto* lease = std::get_if<Rejected<Lease>>(&refused);
  if (!lease || !std::holds_alternative<Lease::Request>(lease->command)) return;
  const auto named = job_of_lease(lease->id);
  if (!named) return;
  const auto found = jobs_.find(named->job_id);
  if (found == jobs_.end() || found->second.attempt != named->attempt) return;
  auto& own = found->second.leases;
  if (named->place >= own.size() || own[named->place].phase != LeasePhase::none) return;
  own[named->place].is_hindered = true;
  own[named->place].asked = JobLeaseStep::nothing;
  note(named->job_id);
}

}  // namespace orrery
