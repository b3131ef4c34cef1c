#include "sim/checkers/operations_end.hpp"

namespace orrery {

void OperationsEnd::apply(const RecordedEvent& recorded) {
  if (std::holds_alternative<OperationStarted>(recorded.event)) {
    if (!open_.emplace(recorded.stream, recorded.position).second)
      violated(recorded.position, recorded.stream + " starts twice");
  } else if (std::holds_alternative<OperationSucceeded>(recorded.event) ||
             std::holds_alternative<OperationFailed>(recorded.event)) {
    if (open_.erase(recorded.stream) == 0)
      violated(recorded.position, recorded.stream + " ends without being in progress");
    ended_.emplace(recorded.stream, recorded.position);
  }
}

void OperationsEnd::at_rest() {
  for (const auto& [stream, position] : open_) violated(position, stream + " never ends");
}

}  // namespace orrery
