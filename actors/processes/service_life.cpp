#include "actors/processes/service_record.hpp"

namespace orrery {
namespace {

using Phase = ServiceRecord::Phase;
using LeasePhase = ServiceRecord::LeasePhase;
using Trouble = ServiceRecord::Trouble;

constexpr std::string_view lease_prefix = "service-";

bool is_open(LeasePhase lease) {
  return lease == LeasePhase::requested || lease == LeasePhase::granted;
}

ServiceStep step_while_pending(const ServiceRecord& service, const ServiceGroupRecord* group) {
  if (group && group->is_cancelled) return ServiceStep::cancel;
  if (is_set(service.obstacle)) return ServiceStep::report_failed;
  const bool is_alone_now = group && group->is_incomplete;
  switch (service.lease) {
    case LeasePhase::none:
      return is_alone_now ? ServiceStep::report_failed : ServiceStep::request_lease;
    case LeasePhase::requested:
      return is_alone_now ? ServiceStep::report_failed : ServiceStep::nothing;
    case LeasePhase::granted:
      return service.trouble == Trouble::none ? ServiceStep::place : ServiceStep::report_failed;
    case LeasePhase::refused:
    case LeasePhase::ended:
      break;
  }
  return ServiceStep::report_failed;
}

bool lost_its_place(const ServiceRecord& service) {
  return service.trouble == Trouble::node_lost || service.lease != LeasePhase::granted;
}

ServiceStep step_while_placed(const ServiceRecord& service, const ServiceGroupRecord* group) {
  if (lost_its_place(service)) return ServiceStep::interrupt;
  if (group && group->is_cancelled) return ServiceStep::cancel;
  if (service.trouble == Trouble::gpu_fault) return ServiceStep::stop_for_gpu;
  return service.is_over_time ? ServiceStep::stop_for_time : ServiceStep::nothing;
}

}  // namespace

ServiceStep owed_step(const ServiceRecord& service, const ServiceGroupRecord* group) {
  switch (service.phase) {
    case Phase::pending:
      return step_while_pending(service, group);
    case Phase::placed:
      return step_while_placed(service, group);
    case Phase::stopping:
      return lost_its_place(service) ? ServiceStep::interrupt
                                     : ServiceStep::nothing;  // The driver's turn.
    case Phase::ended:
    case Phase::unknown:
      return is_open(service.lease) ? ServiceStep::release_lease : ServiceStep::nothing;
  }
  return ServiceStep::nothing;
}

bool is_finished(const ServiceRecord& service) {
  const bool is_over = service.phase == Phase::ended || service.phase == Phase::unknown;
  return is_over && !is_open(service.lease);
}

bool is_finished(const ServiceGroupRecord& group) {
  const auto count = group.request.service_ids.size();
  return group.created.size() == count && group.ended_count == count;
}

Failure failure_of(const ServiceRecord& service) {
  if (is_set(service.obstacle)) return service.obstacle;
  switch (service.trouble) {
    case Trouble::node_lost:
      return {"node_lost", "Its node " + service.node_id + " is lost."};
    case Trouble::gpu_fault:
      return {"gpu_fault", "A GPU that it was given on the node " + service.node_id + " broke."};
    case Trouble::none:
      break;
  }
  if (is_set(service.lease_failure)) return service.lease_failure;
  if (service.phase == Phase::pending)
    return {"group_incomplete", "Another replica of its group ended before they had a place."};
  return {"lease_lost", "What it ran on was given to others."};
}

std::string lease_of_service(std::string_view id) { return std::string(lease_prefix).append(id); }

std::string_view service_of_lease(std::string_view lease_id) {
  return lease_id.starts_with(lease_prefix) ? lease_id.substr(lease_prefix.size())
                                            : std::string_view{};
}

}  // namespace orrery
