#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "actors/gpu/gpu.hpp"
#include "actors/processes/service_process_state.hpp"
#include "actors/service/service.hpp"
#include "events/folds/service_words.hpp"

namespace orrery {

using LeasePhase = ServiceRecord::LeasePhase;
using Phase = ServiceRecord::Phase;
using Trouble = ServiceRecord::Trouble;

void ServiceProcess::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  const auto found = lost_nodes_.find(stream_id(recorded.stream));
  if (found != lost_nodes_.end()) lost_nodes_.erase(found);
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto node_id = stream_id(recorded.stream);
  lost_nodes_.emplace(node_id);
  for (const auto& id : ids_on(node_id))
    update(id, recorded, [](ServiceRecord& service) { service.trouble = Trouble::node_lost; });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  const auto gpu = stream_id(recorded.stream);
  faulty_gpus_.emplace(gpu);
  for (const auto& id : ids_on(gpu.substr(0, gpu.rfind(':'))))
    update(id, recorded, [&](ServiceRecord& service) { find_trouble(service); });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  const auto found = faulty_gpus_.find(stream_id(recorded.stream));
  if (found != faulty_gpus_.end()) faulty_gpus_.erase(found);
}

void ServiceProcess::State::find_trouble(ServiceRecord& service) const {
  if (service.trouble == Trouble::node_lost) return;
  if (lost_nodes_.contains(service.node_id)) {
    service.trouble = Trouble::node_lost;
  } else if (std::ranges::any_of(service.gpu_indices, [&](std::uint32_t index) {
               return faulty_gpus_.contains(gpu_id(service.node_id, index));
             })) {
    service.trouble = Trouble::gpu_fault;
  }
}

/// One asked for by a service that has ended meanwhile is given back.
void ServiceProcess::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  if (stream_aggregate(event.holder) != Service::stream_prefix) return;
  const auto id = stream_id(event.holder);
  services_.try_emplace(std::string(id));
  update(id, recorded, [](ServiceRecord& service) {
    service.lease = LeasePhase::requested;
    service.asked = ServiceStep::nothing;
  });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  const auto id = service_of_lease(stream_id(recorded.stream));
  update(id, recorded, [&](ServiceRecord& service) {
    service.lease = LeasePhase::granted;
    service.node_id = event.node_id;
    service.gpu_indices = event.gpu_indices;
    service.fence = event.fence;
    find_trouble(service);
  });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const LeaseRefused&) {
  const auto found = services_.find(service_of_lease(stream_id(recorded.stream)));
  if (found == services_.end()) return;
  const auto& service = found->second;
  end_lease(recorded, LeasePhase::refused,
            {"out_of_resources",
             fmt::format("No node of the cluster {} could ever give it what it asks for: {}.",
                         service.cluster, words_of(service.resources))});
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const LeaseReleased&) {
  end_lease(recorded, LeasePhase::ended, {"lease_released", "What it ran on was given back."});
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const LeaseExpired& event) {
  end_lease(recorded, LeasePhase::ended, {event.reason, "What it ran on was taken from it."});
}

void ServiceProcess::State::end_lease(const RecordedEvent& recorded, LeasePhase phase,
                                      Failure failure) {
  const auto id = service_of_lease(stream_id(recorded.stream));
  update(id, recorded, [&](ServiceRecord& service) {
    service.lease = phase;
    service.lease_failure = std::move(failure);
  });
}

}  // namespace orrery
