#include "sim/checkers/offers_have_nodes.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void OffersHaveNodes::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (const auto* offered = std::get_if<SharedNodeRegistered>(&event)) {
    offers_[id] = {offered->client_id, offered->gpu_count, false};
  } else if (std::holds_alternative<SharedNodeWithdrawn>(event)) {
    offers_[id].is_withdrawn = true;
  } else if (std::holds_alternative<ClientErased>(event)) {
    erased_clients_.insert(id);
  } else if (const auto* node = std::get_if<NodeRegistered>(&event)) {
    registered(recorded, *node);
  } else {
    changed(id, event);
  }
}

void OffersHaveNodes::registered(const RecordedEvent& recorded, const NodeRegistered& event) {
  if (event.driver != NodeDriver::owner) return;
  const std::string id(stream_id(recorded.stream));
  machines_[id];
  const auto offer = offers_.find(id.substr(id.find('-') + 1));
  if (offer == offers_.end() || offer->second.gpu_count != event.gpu_count)
    violated(recorded.position, id + " is not what was offered");
}

void OffersHaveNodes::changed(const std::string& node_id, const Event& event) {
  const auto found = machines_.find(node_id);
  if (found == machines_.end()) return;
  auto& machine = found->second;
  if (std::holds_alternative<NodeBecameReady>(event)) {
    machine.is_ready = machine.has_been_ready = true;
  } else if (std::holds_alternative<NodeLost>(event)) {
    machine.is_ready = false;
  } else if (std::holds_alternative<NodeCordoned>(event)) {
    machine.is_cordoned = true;
  } else if (std::holds_alternative<NodeUncordoned>(event)) {
    machine.is_cordoned = false;
  }
}

void OffersHaveNodes::at_rest() {
  for (const auto& [id, offer] : offers_) {
    const auto machine = machines_.find("shared-" + id);
    if (offer.is_withdrawn) {
      if (machine != machines_.end() && (machine->second.is_ready || !machine->second.is_cordoned))
        violated(0, machine->first + " is withdrawn and still in use");
      continue;
    }
    if (erased_clients_.count(offer.client_id) != 0)
      violated(0, "shared_node/" + id + " is offered by nobody");
    if (machine == machines_.end() || !machine->second.has_been_ready)
      violated(0, "shared_node/" + id + " never had a node");
  }
}

}  // namespace orrery
