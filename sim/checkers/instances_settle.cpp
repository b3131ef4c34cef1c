#include "sim/checkers/instances_settle.hpp"

#include <algorithm>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

template <class... E>
bool is_one_of(const Event& event) {
  return (std::holds_alternative<E>(event) || ...);
}

}  // namespace

void InstancesSettle::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto& stream = recorded.stream;
  if (const auto* order = std::get_if<OrderPlaced>(&event)) {
    moving_[order->instance_id] = recorded.position;
  } else if (is_one_of<InstanceStopRequested, InstanceStartRequested, InstanceInterrupted,
                       InstanceDeletionRequested>(event)) {
    moving_[std::string(stream_id(stream))] = recorded.position;
  } else if (is_one_of<InstanceStarted, InstanceStopped, InstanceFailed, InstanceDeleted>(event)) {
    moving_.erase(std::string(stream_id(stream)));
  } else if (const auto* requested = std::get_if<LeaseRequested>(&event)) {
    if (stream_aggregate(requested->holder) == "instance")
      instance_of_lease_[stream] = stream_id(requested->holder);
  } else if (std::holds_alternative<LeaseQueued>(event)) {
    if (const auto found = instance_of_lease_.find(stream); found != instance_of_lease_.end())
      queued_.insert(*found);
  } else if (is_one_of<LeaseGranted, LeaseRefused, LeaseReleased, LeaseExpired>(event)) {
    queued_.erase(stream);
  } else if (const auto* taken = std::get_if<InstanceSnapshotTaken>(&event)) {
    if (images_.count(taken->snapshot.image_id) == 0) snapshots_.insert(taken->snapshot.image_id);
  } else if (std::holds_alternative<ContainerImageSaved>(event)) {
    snapshots_.erase(std::string(stream_id(stream)));
    images_.emplace(stream_id(stream));
  }
}

bool InstancesSettle::waits(const std::string& instance) const {
  return std::ranges::any_of(queued_, [&](const auto& lease) { return lease.second == instance; });
}

std::size_t InstancesSettle::moving_count() const {
  const auto moves = [&](const auto& moving) { return !waits(moving.first); };
  return snapshots_.size() + static_cast<std::size_t>(std::ranges::count_if(moving_, moves));
}

void InstancesSettle::at_rest() {
  for (const auto& [instance, position] : moving_)
    if (!waits(instance)) violated(position, "instance/" + instance + " never comes to rest");
  for (const auto& image : snapshots_) violated(0, "container_image/" + image + " is never saved");
}

}  // namespace orrery
