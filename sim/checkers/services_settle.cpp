#include "sim/checkers/services_settle.hpp"

#include <algorithm>

#include "actors/gpu/gpu.hpp"
#include "actors/processes/service_record.hpp"
#include "events/stream_name.hpp"

namespace orrery {

void ServicesSettle::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (const auto* group = std::get_if<ServiceGroupRequested>(&event)) {
    for (const auto& replica : group->service_ids) moving_[replica] = recorded.position;
  } else if (stream_aggregate(recorded.stream) == "service") {
    on_service(recorded, id);
  } else if (std::holds_alternative<LeaseQueued>(event)) {
    if (const auto service = service_of_lease(id); !service.empty()) queued_.emplace(service);
  } else if (std::holds_alternative<LeaseGranted>(event) ||
             std::holds_alternative<LeaseRefused>(event) ||
             std::holds_alternative<LeaseReleased>(event) ||
             std::holds_alternative<LeaseExpired>(event)) {
    queued_.erase(std::string(service_of_lease(id)));
  }
}

void ServicesSettle::on_service(const RecordedEvent& recorded, const std::string& id) {
  const auto& event = recorded.event;
  if (ended_.count(id) != 0)
    violated(recorded.position, recorded.stream + " goes on after its end");
  if (const auto* request = std::get_if<ServicePlaced>(&event)) placed(recorded, *request);
  if (std::holds_alternative<ServiceBecameReady>(event)) {
    moving_.erase(id);
  } else if (std::holds_alternative<ServiceEnded>(event)) {
    moving_.erase(id);
    ended_.insert(id);
  } else {
    moving_[id] = recorded.position;
  }
}

void ServicesSettle::placed(const RecordedEvent& recorded, const ServicePlaced& placed) {
  if (!placed_.insert(recorded.stream).second)
    violated(recorded.position, recorded.stream + " is placed twice");
  for (const auto index : placed.gpu_indices)
    if (!starts_.insert({gpu_id(placed.node_id, index), placed.fence}).second)
      violated(recorded.position, recorded.stream + " starts with the fence of another");
}

std::size_t ServicesSettle::moving_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      moving_, [&](const auto& moving) { return queued_.count(moving.first) == 0; }));
}

void ServicesSettle::at_rest() {
  for (const auto& [service, position] : moving_)
    if (queued_.count(service) == 0)
      violated(position, "service/" + service + " never comes to rest");
}

}  // namespace orrery
