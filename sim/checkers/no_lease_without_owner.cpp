#include "sim/checkers/no_lease_without_owner.hpp"

namespace orrery {
namespace {

template <class... E>
bool is_one_of(const Event& event) {
  return (std::holds_alternative<E>(event) || ...);
}

}  // namespace

void NoLeaseWithoutOwner::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto& stream = recorded.stream;
  if (is_one_of<VmRequested, VmStartRequested, InstanceRequested, InstanceStartRequested,
                InstanceInterrupted, ServiceRequested, JobSubmitted, SlurmControllerSeen>(event)) {
    owners_[stream] = {true, {}};
  } else if (is_one_of<VmStopped, VmStartFailed, VmFailed, VmDeleted, InstanceStopped,
                       InstanceFailed, InstanceDeleted, ServiceEnded, JobEnded>(event)) {
    owners_[stream] = {false, {}};
  } else if (const auto* vm = std::get_if<VmPlaced>(&event)) {
    placed(recorded, vm->lease_id);
  } else if (const auto* instance = std::get_if<InstancePlaced>(&event)) {
    placed(recorded, instance->lease_id);
  } else if (const auto* service = std::get_if<ServicePlaced>(&event)) {
    placed(recorded, service->lease_id);
  } else if (const auto* requested = std::get_if<LeaseRequested>(&event)) {
    if (owners_.count(requested->holder) == 0)
      violated(recorded.position,
               stream + " is asked for by " + requested->holder + ", which isn't there");
    open_[stream] = {requested->holder, recorded.position};
    owner_of_[stream] = requested->holder;
  } else if (is_one_of<LeaseReleased, LeaseExpired, LeaseRefused>(event)) {
    open_.erase(stream);
  }
}

void NoLeaseWithoutOwner::placed(const RecordedEvent& recorded, const std::string& lease_id) {
  const auto lease = "lease/" + lease_id;
  if (owner_of_[lease] != recorded.stream)
    violated(recorded.position, recorded.stream + " is placed by " + lease + ", which isn't its");
  owners_[recorded.stream].placed_by = lease;
}

void NoLeaseWithoutOwner::at_rest() {
  for (const auto& [stream, lease] : open_)
    if (!owners_[lease.owner].is_on)
      violated(lease.position,
               stream + " is never released, and " + lease.owner + " is gone or off");
  for (const auto& [stream, owner] : owners_)
    if (!owner.placed_by.empty() && open_.count(owner.placed_by) == 0)
      violated(0, stream + " runs on GPUs of " + owner.placed_by + ", which has ended");
}

}  // namespace orrery
