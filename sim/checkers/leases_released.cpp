#include "sim/checkers/leases_released.hpp"

namespace orrery {

void LeasesReleased::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* requested = std::get_if<LeaseRequested>(&event)) {
    if (!open_.emplace(recorded.stream, OpenLease{requested->holder, recorded.position}).second)
      violated(recorded.position, recorded.stream + " is requested twice");
  } else if (std::holds_alternative<LeaseReleased>(event) ||
             std::holds_alternative<LeaseExpired>(event) ||
             std::holds_alternative<LeaseRefused>(event)) {
    if (open_.erase(recorded.stream) == 0)
      violated(recorded.position, recorded.stream + " ends without being open");
  } else if (std::holds_alternative<VmRequested>(event) ||
             std::holds_alternative<VmStartRequested>(event)) {
    switched_on_vms_.insert(recorded.stream);
  } else if (std::holds_alternative<VmStopped>(event) ||
             std::holds_alternative<VmStartFailed>(event) ||
             std::holds_alternative<VmFailed>(event) || std::holds_alternative<VmDeleted>(event)) {
    switched_on_vms_.erase(recorded.stream);
  }
}

void LeasesReleased::at_rest() {
  for (const auto& [stream, lease] : open_)
    if (switched_on_vms_.count(lease.holder) == 0)
      violated(lease.position,
               stream + " is never released, and " + lease.holder + " is gone or stopped");
}

}  // namespace orrery
