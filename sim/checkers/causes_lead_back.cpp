#include "sim/checkers/causes_lead_back.hpp"

namespace orrery {
namespace {

/// Who may act without a cause: because of the time. What is charged has several causes, of more
/// requests than one.
bool acts_on_time(std::string_view actor) { return actor == "process/billing"; }

/// Machines break, come back and are mended by themselves.
bool is_chance(const Event& event) {
  return std::holds_alternative<NodeLost>(event) ||
         std::holds_alternative<NodeBecameReady>(event) ||
         std::holds_alternative<GpuFaulted>(event) || std::holds_alternative<GpuRepaired>(event);
}

bool is_of_control_plane(std::string_view actor) {
  return actor.starts_with("process/") || actor.starts_with("driver") || actor == "placement" ||
         actor == "batch_scheduler";
}

}  // namespace

void CausesLeadBack::apply(const RecordedEvent& recorded) {
  const auto& [actor, causation, correlation] = recorded.origin;
  requests_.resize(recorded.position + 1);
  requests_[recorded.position] = correlation;
  const auto wrong = [&](std::string_view what) {
    violated(recorded.position,
             std::string(name_of(recorded.event)).append(" by ").append(actor).append(what));
  };
  if (causation == 0) {
    if (is_of_control_plane(actor)) {
      if (!acts_on_time(actor) && !is_chance(recorded.event)) wrong(" has no cause");
    } else if (correlation.empty()) {
      wrong(" names no request");
    }
  } else if (causation >= recorded.position) {
    wrong(" was caused by what came after it");
  } else if (requests_[causation] != correlation && !acts_on_time(actor)) {
    wrong(" names another request than its cause, which is of \"" + requests_[causation] +
          "\", not \"" + correlation + '"');
  }
}

}  // namespace orrery
