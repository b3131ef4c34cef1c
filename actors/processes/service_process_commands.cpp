#include <algorithm>
#include <cassert>
#include <utility>

#include "actors/processes/service_process_state.hpp"
#include "events/folds/service_replicas.hpp"

namespace orrery {
namespace {

/// A service waits as long as it takes; what no node could ever hold is refused at once.
To<Lease> lease_request(const std::string& id, const ServiceRecord& service) {
  const auto& wish = service.resources;
  LeaseRequested request{stream_name(Service::stream_prefix, id),
                         service.cluster,
                         wish.gpu_model,
                         wish.gpu_count,
                         WhenFull::queue,
                         wish.cpu_count,
                         wish.memory_mib};
  if (service.replica)
    request.gang = {service.replica->group_id, service.replica->replica_count,
                    service.replica->node_index};
  return {lease_of_service(id), Lease::Request{std::move(request)}};
}

Service::Stop stop_for(ServiceStep step) {
  switch (step) {
    case ServiceStep::stop_for_time:
      return {ServiceStopReason::time_limit};
    case ServiceStep::stop_for_gpu:
      return {ServiceStopReason::gpu_fault};
    default:
      return {ServiceStopReason::cancelled};
  }
}

/// "lease must ask for something"
template <class R>
std::string words_of_rejection(R rejection) {
  std::string words = boost::describe::enum_to_string(rejection, "refused");
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace

AddressedCommand ServiceProcess::State::command_for(ServiceStep step, const std::string& id,
                                                    const ServiceRecord& service) {
  switch (step) {
    case ServiceStep::request_lease:
      return lease_request(id, service);
    case ServiceStep::release_lease:
      return To<Lease>{lease_of_service(id), Lease::Release{}};
    case ServiceStep::place:
      return To<Service>{id, Service::Place{{lease_of_service(id), service.node_id,
                                             service.gpu_indices, service.fence}}};
    case ServiceStep::report_failed: {
      auto failure = failure_of(service);
      return To<Service>{
          id, Service::ReportFailed{std::move(failure.code), std::move(failure.message)}};
    }
    case ServiceStep::interrupt: {
      auto failure = failure_of(service);
      return To<Service>{id,
                         Service::Interrupt{std::move(failure.code), std::move(failure.message)}};
    }
    case ServiceStep::cancel:
    case ServiceStep::stop_for_time:
    case ServiceStep::stop_for_gpu:
      return To<Service>{id, stop_for(step)};
    case ServiceStep::nothing:
      break;
  }
  assert(false && "no command for this step");
  return {};
}

void ServiceProcess::State::append_owed(const std::string& id, ServiceRecord& service,
                                        std::vector<OwedCommand>& owed) {
  const auto* group = group_of(service);
  const auto step = owed_step(service, group);
  if (step == std::exchange(service.asked, step) || step == ServiceStep::nothing) return;
  owed.push_back({command_for(step, id, service),
                  {std::string(name), service.causation, service.correlation}});
}

/// Replicas of a group that is cancelled are made too, and stopped at once: so each of them is
/// there, and ends.
void ServiceProcess::State::append_owed(const std::string& id, ServiceGroupRecord& group,
                                        std::vector<OwedCommand>& owed) {
  const Origin origin{std::string(name), group.causation, group.correlation};
  for (std::uint32_t i = 0; i < group.request.service_ids.size(); ++i)
    if (!group.created.contains(i) && group.asked.insert(i).second)
      owed.push_back({To<Service>{group.request.service_ids[i],
                                  Service::Create{request_of_replica(id, group.request, i)}},
                      origin});
  if (group.is_hindered && !group.is_cancelled && !std::exchange(group.asked_to_cancel, true))
    owed.push_back({To<ServiceGroup>{id, ServiceGroup::Cancel{}}, origin});
}

/// What else is refused was late: the next event about the service says so.
void ServiceProcess::State::refused(const RefusedCommand& refused) {
  if (const auto* lease = std::get_if<Rejected<Lease>>(&refused)) {
    const auto found = services_.find(service_of_lease(lease->id));
    if (!std::holds_alternative<Lease::Request>(lease->command) || found == services_.end()) return;
    auto& service = found->second;
    service.obstacle = {boost::describe::enum_to_string(lease->rejection, "refused"),
                        "Its lease was refused: " + words_of_rejection(lease->rejection) + "."};
    note(found->first);
  } else if (const auto* service = std::get_if<Rejected<Service>>(&refused)) {
    const auto* create = std::get_if<Service::Create>(&service->command);
    if (!create || !create->request.replica) return;
    const auto found = groups_.find(create->request.replica->group_id);
    if (found == groups_.end()) return;
    found->second.is_hindered = true;  // Not all of it can be, so none shall.
    note_group(found->first);
  }
}

}  // namespace orrery
