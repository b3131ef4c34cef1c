#include "actors/processes/client_process.hpp"

#include <utility>

#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery {

using Phase = ClientRecord::Phase;

void ClientProcess::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

template <class Change>
void ClientProcess::update(std::string_view client_id, const RecordedEvent& recorded,
                           Change change) {
  auto found = clients_.find(client_id);
  if (found == clients_.end()) found = clients_.emplace(client_id, ClientRecord{}).first;
  auto& client = found->second;
  change(client);
  client.causation = recorded.position;
  client.correlation = recorded.origin.correlation;
  if (is_finished(client)) {
    clients_.erase(found);
  } else if (resumed_) {
    noted_.insert(found->first);
  }
}

namespace {

/// Another wish, or none: what was found out about the one before says nothing.
void wish(ClientRecord& client, std::optional<ClientNames> names) {
  client.wished = std::move(names);
  client.taken.reset();
  client.asked = ClientStep::nothing;
  client.asked_key.clear();
}

}  // namespace

void ClientProcess::on(const RecordedEvent& recorded, const ClientRegistered& event) {
  update(stream_id(recorded.stream), recorded, [&](ClientRecord& client) {
    client.phase = Phase::registering;
    wish(client, event.names);
  });
}

void ClientProcess::on(const RecordedEvent& recorded, const ClientNamesRequested& event) {
  update(stream_id(recorded.stream), recorded,
         [&](ClientRecord& client) { wish(client, event.names); });
}

void ClientProcess::on(const RecordedEvent& recorded, const ClientNamesGranted&) {
  update(stream_id(recorded.stream), recorded, [](ClientRecord& client) {
    client.phase = Phase::active;
    client.username_key = client.wished->username_key;
    client.email_key = client.wished->email_key;
    wish(client, std::nullopt);
  });
}

void ClientProcess::on(const RecordedEvent& recorded, const ClientNamesRefused&) {
  update(stream_id(recorded.stream), recorded, [](ClientRecord& client) {
    if (client.phase == Phase::registering) client.phase = Phase::gone;
    wish(client, std::nullopt);
  });
}

void ClientProcess::on(const RecordedEvent& recorded, const ClientErased&) {
  update(stream_id(recorded.stream), recorded, [](ClientRecord& client) {
    client.phase = Phase::gone;
    client.username_key.clear();
    client.email_key.clear();
    wish(client, std::nullopt);
  });
}

void ClientProcess::on(const RecordedEvent& recorded, const HandleClaimed& event) {
  update(event.client_id, recorded,
         [&](ClientRecord& client) { client.held.emplace(stream_id(recorded.stream)); });
}

void ClientProcess::on(const RecordedEvent& recorded, const HandleReleased& event) {
  update(event.client_id, recorded, [&](ClientRecord& client) {
    const std::string key(stream_id(recorded.stream));
    client.held.erase(key);
    client.releasing.erase(key);
  });
}

std::vector<OwedCommand> ClientProcess::due() {
  std::vector<OwedCommand> owed;
  for (const auto& id : std::exchange(noted_, {}))
    if (const auto found = clients_.find(id); found != clients_.end())
      append_owed(found->first, found->second, owed);
  return owed;
}

std::vector<OwedCommand> ClientProcess::resume() {
  resumed_ = true;
  std::vector<OwedCommand> owed;
  for (auto& [id, client] : clients_) {
    wish(client, std::move(client.wished));
    client.releasing.clear();
    append_owed(id, client, owed);
  }
  noted_.clear();
  return owed;
}

void ClientProcess::append_owed(const std::string& id, ClientRecord& client,
                                std::vector<OwedCommand>& owed) {
  const Origin origin{std::string(name), client.causation, client.correlation};
  for (auto& key : surplus_handles(client)) {
    client.releasing.insert(key);
    owed.push_back({To<Handle>{std::move(key), Handle::Release{id}}, origin});
  }
  const auto step = owed_step(client);
  auto key = step == ClientStep::claim ? lacking_handle(client) : std::string();
  if (step == client.asked && key == client.asked_key) return;
  client.asked = step;
  client.asked_key = key;
  if (step == ClientStep::claim)
    owed.push_back({To<Handle>{std::move(key), Handle::Claim{id}}, origin});
  else if (step == ClientStep::grant)
    owed.push_back({To<Client>{id, Client::GrantNames{*client.wished}}, origin});
  else if (step == ClientStep::refuse)
    owed.push_back({To<Client>{id, Client::RefuseNames{*client.wished, *client.taken}}, origin});
}

/// What else is refused was late: the next event about the client says so.
void ClientProcess::refused(const RefusedCommand& refused) {
  const auto* handle = std::get_if<Rejected<Handle>>(&refused);
  const auto* claim = handle ? std::get_if<Handle::Claim>(&handle->command) : nullptr;
  if (!claim) return;
  const auto found = clients_.find(claim->client_id);
  if (found == clients_.end() || lacking_handle(found->second) != handle->id) return;
  auto& client = found->second;
  client.taken =
      client.wished->username_key == handle->id ? ClientNameKind::username : ClientNameKind::email;
  noted_.insert(found->first);
}

void ClientProcess::save(std::string& out) const { ByteWriter{out}(clients_); }

void ClientProcess::load(std::string_view bytes) {
  *this = {};
  ByteReader reader(bytes);
  reader(clients_);
  expect_end(reader);
}

}  // namespace orrery
