#include "sim/checkers/inferences_end.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void InferencesEnd::apply(const RecordedEvent& recorded) {
  if (stream_aggregate(recorded.stream) != "inference") return;
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (deleted_.count(id) != 0)
    violated(recorded.position, recorded.stream + " goes on after its deletion");
  if (std::holds_alternative<InferenceAsked>(event)) {
    open_[id] = {recorded.position, 0};
  } else if (std::holds_alternative<InferenceDispatched>(event)) {
    if (open_.count(id) == 0)
      violated(recorded.position, recorded.stream + " is dispatched after its end");
    else if (++open_[id].dispatch_count > 2)
      violated(recorded.position, recorded.stream + " is dispatched three times");
  } else if (std::holds_alternative<InferenceAnswered>(event)) {
    end(recorded, id, true);
  } else if (std::holds_alternative<InferenceFailed>(event)) {
    end(recorded, id, false);
  } else if (std::holds_alternative<InferenceDeleted>(event)) {
    deleted_.insert(id);
  }
}

void InferencesEnd::end(const RecordedEvent& recorded, const std::string& id, bool is_answered) {
  const auto found = open_.find(id);
  if (found == open_.end()) return violated(recorded.position, recorded.stream + " ends twice");
  if (is_answered && found->second.dispatch_count == 0)
    violated(recorded.position, recorded.stream + " is answered by nobody");
  open_.erase(found);
}

std::vector<std::string> InferencesEnd::waiting() const {
  std::vector<std::string> ids;
  for (const auto& [id, open] : open_) ids.push_back(id);
  return ids;
}

void InferencesEnd::at_rest() {
  for (const auto& [id, open] : open_) violated(open.position, "inference/" + id + " never ends");
}

}  // namespace orrery
