#include <utility>

#include "actors/processes/service_process_state.hpp"
#include "events/folds/billing_terms.hpp"

namespace orrery {

using Phase = ServiceRecord::Phase;

void ServiceProcess::State::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

// Records and what finds them.

const ServiceGroupRecord* ServiceProcess::State::group_of(const ServiceRecord& service) const {
  if (!service.replica) return nullptr;
  const auto found = groups_.find(service.replica->group_id);
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<std::string> ServiceProcess::State::ids_on(std::string_view node_id) const {
  std::vector<std::string> ids;
  for (auto place = places_.lower_bound({std::string(node_id), ""});
       place != places_.end() && place->first == node_id; ++place)
    ids.push_back(place->second);
  return ids;
}

void ServiceProcess::State::index(const std::string& id, const ServiceRecord& service) {
  if (service.lease == ServiceRecord::LeasePhase::granted) places_.emplace(service.node_id, id);
  if (resumed_ && !service.is_over_time) deadlines_.set(id, service.deadline_s);
}

void ServiceProcess::State::unindex(const std::string& id, const ServiceRecord& service) {
  places_.erase({service.node_id, id});
  deadlines_.set(id, std::nullopt);
}

void ServiceProcess::State::note(std::string_view id) {
  if (resumed_) noted_.emplace(id);
}

void ServiceProcess::State::note_group(std::string_view id) {
  if (resumed_) noted_groups_.emplace(id);
}

// Services.

void ServiceProcess::State::on(const RecordedEvent& recorded, const ServiceRequested& event) {
  services_.try_emplace(std::string(stream_id(recorded.stream)));
  enter(recorded, Phase::pending, [&](ServiceRecord& service) {
    service.cluster = event.specification.cluster;
    service.resources = event.specification.resources;
    service.replica = event.replica;
  });
  if (event.replica)
    update_group(event.replica->group_id, recorded,
                 [&](ServiceGroupRecord& group) { group.created.insert(event.replica->index); });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const ServicePlaced&) {
  enter(recorded, Phase::placed, [&](ServiceRecord& service) {
    const std::int64_t limit_min = service.resources.time_limit_min;
    if (limit_min > 0) service.deadline_s = seconds_of(recorded.time) + limit_min * 60;
  });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const ServiceStopRequested&) {
  enter(recorded, Phase::stopping, [](ServiceRecord& service) { service.deadline_s.reset(); });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const ServiceEnded&) {
  std::optional<ServiceReplica> replica;
  bool had_a_lease = false;
  enter(recorded, Phase::ended, [&](ServiceRecord& service) {
    service.deadline_s.reset();
    replica = service.replica;
    had_a_lease = !service.node_id.empty();
  });
  if (!replica) return;
  update_group(replica->group_id, recorded, [&](ServiceGroupRecord& group) {
    ++group.ended_count;
    if (!had_a_lease) group.is_incomplete = true;
  });
}

// Groups.

void ServiceProcess::State::on(const RecordedEvent& recorded, const ServiceGroupRequested& event) {
  const auto id = stream_id(recorded.stream);
  groups_.try_emplace(std::string(id));
  update_group(id, recorded, [&](ServiceGroupRecord& group) { group.request = event; });
}

void ServiceProcess::State::on(const RecordedEvent& recorded, const ServiceGroupCancelled&) {
  update_group(stream_id(recorded.stream), recorded,
               [](ServiceGroupRecord& group) { group.is_cancelled = true; });
}

}  // namespace orrery
