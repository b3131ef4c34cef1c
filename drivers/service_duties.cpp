#include "drivers/service_duties.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "events/stream_name.hpp"

namespace orrery {

void ServiceDuties::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

template <class Change>
void ServiceDuties::update(const RecordedEvent& recorded, Change change) {
  const auto found = duties_.find(stream_id(recorded.stream));
  if (found == duties_.end()) return;
  auto& duty = found->second;
  change(duty);
  duty.causation = recorded.position;
  duty.correlation = recorded.origin.correlation;
  noted_.insert(found->first);
}

void ServiceDuties::forget(std::string_view id) {
  if (const auto found = duties_.find(id); found != duties_.end()) duties_.erase(found);
  if (const auto noted = noted_.find(id); noted != noted_.end()) noted_.erase(noted);
}

void ServiceDuties::forget_lost(std::string_view node_id) {
  const auto lost = lost_.find(node_id);
  if (lost == lost_.end()) return;
  for (const auto& id : lost->second) {
    if (resumed_) owe(id, last_words_);
    forget(id);
  }
  lost_.erase(lost);
}

std::string_view ServiceDuties::node_of(std::string_view id) const {
  const auto found = duties_.find(id);
  return found == duties_.end() ? std::string_view{} : found->second.placement.node_id;
}

void ServiceDuties::on(const RecordedEvent& recorded, const ServiceRequested& event) {
  auto& duty = duties_[std::string(stream_id(recorded.stream))];
  duty.specification = event.specification;
  duty.replica = event.replica;
}

void ServiceDuties::on(const RecordedEvent& recorded, const ServicePlaced& event) {
  update(recorded, [&](Duty& duty) {
    duty.aim = Aim::start;
    duty.placement = event;
  });
}

void ServiceDuties::on(const RecordedEvent& recorded, const ServiceBecameReady&) {
  update(recorded, [](Duty& duty) { duty.aim = Aim::leave; });
}

void ServiceDuties::on(const RecordedEvent& recorded, const ServiceStopRequested&) {
  update(recorded, [](Duty& duty) { duty.aim = Aim::stop; });
}

void ServiceDuties::on(const RecordedEvent& recorded, const ServiceEnded& event) {
  const auto id = stream_id(recorded.stream);
  if (event.is_confirmed) return forget(id);
  update(recorded, [&](Duty& duty) {
    duty.aim = Aim::stop;
    duty.specification = {};  // Nobody waits for its processes: the node is lost to us.
    lost_[duty.placement.node_id].emplace(id);
  });
}

void ServiceDuties::due(std::vector<DriverMessage>& owed) {
  std::ranges::move(std::exchange(last_words_, {}), std::back_inserter(owed));
  for (const auto& id : std::exchange(noted_, {})) owe(id, owed);
}

void ServiceDuties::resume(std::vector<DriverMessage>& owed) {
  noted_.clear();
  last_words_.clear();
  resumed_ = true;
  for (const auto& [id, duty] : duties_) owe(id, owed);
}

void ServiceDuties::owe(std::string_view id, std::vector<DriverMessage>& owed) const {
  const auto& [aim, specification, replica, placement, causation, correlation] =
      duties_.find(id)->second;
  Origin origin{std::string(driver_origin_name), causation, correlation};
  if (aim == Aim::start)
    owed.push_back(StartService{std::string(id), placement.node_id, placement.gpu_indices,
                                placement.fence, specification, replica, std::move(origin)});
  if (aim == Aim::stop)
    owed.push_back(StopService{std::string(id), placement.node_id, placement.fence,
                               specification.launch.grace_period_s, std::move(origin)});
}

}  // namespace orrery
