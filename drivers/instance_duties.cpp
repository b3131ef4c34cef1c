#include "drivers/instance_duties.hpp"

#include <utility>

#include "events/stream_name.hpp"

namespace orrery {

void InstanceDuties::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

template <class Change>
void InstanceDuties::update(const RecordedEvent& recorded, Change change) {
  const auto found = duties_.find(stream_id(recorded.stream));
  if (found == duties_.end()) return;
  auto& duty = found->second;
  change(duty);
  duty.causation = recorded.position;
  duty.correlation = recorded.origin.correlation;
  noted_.insert(found->first);
}

void InstanceDuties::forget(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  if (const auto found = duties_.find(id); found != duties_.end()) duties_.erase(found);
  if (const auto noted = noted_.find(id); noted != noted_.end()) noted_.erase(noted);
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceRequested& event) {
  duties_[std::string(stream_id(recorded.stream))].specification = event.specification;
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstancePlaced& event) {
  update(recorded, [&](Duty& duty) {
    duty.aim = Aim::start;
    duty.placement = event;
    duty.is_cut_off = false;
  });
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceStarted&) {
  update(recorded, [](Duty& duty) { duty.aim = Aim::leave; });
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceStopRequested& event) {
  update(recorded, [&](Duty& duty) {
    duty.aim = Aim::stop;
    duty.grace_period_s = event.grace_period_s;
    duty.snapshot = event.snapshot;
  });
}

/// The driver is stopping it all the same: nothing new is owed.
void InstanceDuties::on(const RecordedEvent& recorded, const InstanceSnapshotTaken&) {
  const auto found = duties_.find(stream_id(recorded.stream));
  if (found != duties_.end()) found->second.snapshot.reset();
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceStopped&) {
  update(recorded, [](Duty& duty) {
    duty.aim = duty.is_cut_off ? Aim::stop : Aim::leave;
    duty.grace_period_s = 0;
    duty.snapshot.reset();
  });
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceInterrupted&) {
  update(recorded, [](Duty& duty) {
    duty.aim = Aim::stop;
    duty.is_cut_off = true;
    duty.grace_period_s = 0;
  });
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceFailed&) {
  update(recorded, [](Duty& duty) {
    duty.aim = duty.placement.node_id.empty() ? Aim::leave : Aim::stop;
    duty.grace_period_s = 0;
  });
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceDeletionRequested&) {
  update(recorded, [](Duty& duty) {
    duty.aim = Aim::stop;
    duty.grace_period_s = deletion_grace_period_s;
    duty.snapshot.reset();  // Who deletes an instance while it is saved wants nothing of it.
  });
}

void InstanceDuties::on(const RecordedEvent& recorded, const InstanceDeleted&) { forget(recorded); }

void InstanceDuties::due(std::vector<DriverMessage>& owed) {
  for (const auto& id : std::exchange(noted_, {})) owe(id, owed);
}

void InstanceDuties::resume(std::vector<DriverMessage>& owed) {
  noted_.clear();
  for (const auto& [id, duty] : duties_) owe(id, owed);
}

void InstanceDuties::owe(std::string_view id, std::vector<DriverMessage>& owed) const {
  const auto& duty = duties_.find(id)->second;
  const auto& [aim, wish, placement, grace_period_s, is_cut_off, snapshot, causation, correlation] =
      duty;
  Origin origin{std::string(driver_origin_name), causation, correlation};
  if (aim == Aim::start)
    owed.push_back(StartInstance{std::string(id), wish.uid, placement.node_id,
                                 placement.gpu_indices, placement.fence, wish.image, wish.cpu_count,
                                 wish.memory_gib, wish.volumes, std::move(origin)});
  if (aim == Aim::stop)
    owed.push_back(StopInstance{std::string(id), placement.node_id, placement.fence, grace_period_s,
                                snapshot, std::move(origin)});
}

}  // namespace orrery
