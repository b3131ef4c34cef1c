#include "sim/checkers/leases_released.hpp"

namespace orrery {

void LeasesReleased::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (std::holds_alternative<LeaseRequested>(event)) {
    if (!open_.insert(recorded.stream).second)
      violated(recorded.position, recorded.stream + " is requested twice");
  } else if (std::holds_alternative<LeaseReleased>(event) ||
             std::holds_alternative<LeaseExpired>(event) ||
             std::holds_alternative<LeaseRefused>(event)) {
    if (open_.erase(recorded.stream) == 0)
      violated(recorded.position, recorded.stream + " ends without being open");
  }
}

}  // namespace orrery
