#include "sim/checkers/names_unique.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void NamesUnique::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  const auto wish = [&](const ClientNames& names) {
    wishes_[id] = {names.username_key, names.email_key};
  };
  if (const auto* registered = std::get_if<ClientRegistered>(&event)) {
    wish(registered->names);
  } else if (const auto* requested = std::get_if<ClientNamesRequested>(&event)) {
    wish(requested->names);
  } else if (std::holds_alternative<ClientNamesGranted>(event)) {
    grant(recorded, id);
  } else if (std::holds_alternative<ClientNamesRefused>(event)) {
    wishes_.erase(id);
  } else if (std::holds_alternative<ClientErased>(event)) {
    wishes_.erase(id);
    names_.erase(id);
  } else if (const auto* claimed = std::get_if<HandleClaimed>(&event)) {
    claim(recorded, *claimed);
  } else if (const auto* released = std::get_if<HandleReleased>(&event)) {
    release(recorded, *released);
  }
}

void NamesUnique::grant(const RecordedEvent& recorded, const std::string& client) {
  names_[client] = wishes_[client];
  wishes_.erase(client);
  for (const auto& key : names_[client])
    if (owners_.count(key) == 0 || owners_[key] != client)
      violated(recorded.position, client + " is granted " + key + " without its handle");
}

void NamesUnique::claim(const RecordedEvent& recorded, const HandleClaimed& claimed) {
  const std::string key(stream_id(recorded.stream));
  if (!owners_.emplace(key, claimed.client_id).second)
    violated(recorded.position, key + " is claimed and was not released");
}

void NamesUnique::release(const RecordedEvent& recorded, const HandleReleased& released) {
  const std::string key(stream_id(recorded.stream));
  owners_.erase(key);
  const auto names = names_.find(released.client_id);
  if (names != names_.end() && names->second.count(key) != 0)
    violated(recorded.position, key + " is released and still a name");
}

void NamesUnique::at_rest() {
  for (const auto& [client, keys] : wishes_) violated(0, client + " waits for names for ever");
  for (const auto& [key, client] : owners_)
    if (names_.count(client) == 0 || names_[client].count(key) == 0)
      violated(0, key + " is kept by " + client + ", whose name it isn't");
  for (const auto& [client, keys] : names_)
    for (const auto& key : keys)
      if (owners_.count(key) == 0 || owners_[key] != client)
        violated(0, client + " has the name " + key + " without its handle");
}

}  // namespace orrery
