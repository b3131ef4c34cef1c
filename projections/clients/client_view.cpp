#include "projections/clients/client_view.hpp"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/digest_map.hpp"
#include "projections/runtime/numbered_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

/// A request and its client.
struct MadeByRequest {
  std::string request_id;
  ClientOfRequest made;

  BOOST_DESCRIBE_CLASS(MadeByRequest, (), (request_id, made), (), ())
};

MarketClient described_by(const ClientRegistered& request, std::string_view id, Time time) {
  MarketClient client;
  client.id = id;
  client.names = request.names;
  client.details = request.details;
  client.ip = request.ip;
  client.password_hash = request.password_hash;
  client.role = request.role;
  client.registered_at = time;
  if (request.role == ClientRole::gpu_provider) client.provider_since = time;
  return client;
}

void take_role(MarketClient& client, ClientRole role, Time time) {
  client.role = role;
  if (role == ClientRole::gpu_provider && !client.provider_since) client.provider_since = time;
}

/// Nobody has proved yet that he reads mail to another address.
void take_names(MarketClient& client, ClientNames names) {
  if (client.names.email_key != names.email_key) client.email_is_verified = false;
  client.names = std::move(names);
}

void check(const MarketClient& client) {
  if (client.role > ClientRole::admin) throw MalformedBytes("unknown role");
}

}  // namespace

std::string client_subject(std::string_view client_id) {
  return std::string("client-").append(client_id);
}

struct ClientView::State {
  void fold(const ClientRegistered& request, std::string_view id, Time time);
  void fold(const ClientNamesRequested& wish, std::string_view id, Time);
  void fold(const ClientNamesGranted&, std::string_view id, Time);
  void fold(const ClientNamesRefused&, std::string_view id, Time);
  void fold(const ClientDetailsChanged& change, std::string_view id, Time);
  void fold(const ClientPasswordChanged& change, std::string_view id, Time);
  void fold(const ClientEmailVerified&, std::string_view id, Time);
  void fold(const ClientSignedIn& device, std::string_view id, Time);
  void fold(const ClientSignedOut& gone, std::string_view id, Time);
  void fold(const ClientRoleChanged& change, std::string_view id, Time time);
  void fold(const ClientBecameProvider&, std::string_view id, Time time);
  void fold(const ClientProviderApproved&, std::string_view id, Time);
  void fold(const ClientProviderSuspended&, std::string_view id, Time);
  void fold(const ClientErased&, std::string_view id, Time);

  /// Changes it where there is one. Whoever holds the client keeps the one from before.
  template <class Change>
  void change(std::string_view id, Change change);
  /// Makes it found by its names and its devices' tokens, and no longer.
  void index(const MarketClient& client);
  void unindex(const MarketClient& client);
  void forget(std::string_view id);
  Client find(std::string_view id) const;
  Client find_name(const std::map<std::string, std::string, std::less<>>& names,
                   std::string_view key) const;

  mutable WriterFirstMutex mutex;
  NumberedMap<Client> clients;
  /// Those who wait for their first names, and names that clients wait for.
  NumberedMap<MarketClient> registering;
  NumberedMap<ClientNames> wished;
  NumberSet gone;
  /// By the request's id, and the same by the client's.
  std::map<std::string, ClientOfRequest, std::less<>> requests;
  NumberedMap<std::string> request_of;
  std::uint64_t largest_id = 0;

  // Derived from the clients.
  struct DeviceOfToken {
    std::string client_id;
    std::string device_id;
  };
  std::map<std::string, std::string, std::less<>> by_username;
  std::map<std::string, std::string, std::less<>> by_email;
  DigestMap<DeviceOfToken> by_token;
};

ClientView::ClientView() : state_(std::make_unique<State>()) {}
ClientView::~ClientView() = default;

ClientView::Client ClientView::find(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  return state_->find(id);
}

ClientView::Client ClientView::by_username(std::string_view username_key) const {
  const std::shared_lock lock(state_->mutex);
  return state_->find_name(state_->by_username, username_key);
}

ClientView::Client ClientView::by_email(std::string_view email_key) const {
  const std::shared_lock lock(state_->mutex);
  return state_->find_name(state_->by_email, email_key);
}

std::optional<ClientView::Device> ClientView::by_token(const Digest& token_digest) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->by_token.find(token_digest);
  if (found == state_->by_token.end()) return std::nullopt;
  return Device{state_->find(found->second.client_id), found->second.device_id};
}

std::vector<ClientView::Client> ClientView::list() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<Client> list;
  list.reserve(state_->clients.size());
  for (const auto& [id, client] : state_->clients) list.push_back(client);
  return list;
}

std::uint64_t ClientView::largest_id() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_id;
}

std::optional<ClientOfRequest> ClientView::of_request(std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->requests.find(request_id);
  return found == state_->requests.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> ClientView::erased() const {
  const std::shared_lock lock(state_->mutex);
  return {state_->gone.begin(), state_->gone.end()};
}

void ClientView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, std::string_view{}, Time{}); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(event, stream_id(recorded.stream), recorded.time);
        }
      },
      recorded.event);
}

// How the state changes.

ClientView::Client ClientView::State::find(std::string_view id) const {
  const auto found = clients.find(id);
  return found == clients.end() ? nullptr : found->second;
}

ClientView::Client ClientView::State::find_name(
    const std::map<std::string, std::string, std::less<>>& names, std::string_view key) const {
  const auto found = names.find(key);
  return found == names.end() ? nullptr : find(found->second);
}

void ClientView::State::index(const MarketClient& client) {
  by_username.insert_or_assign(client.names.username_key, client.id);
  by_email.insert_or_assign(client.names.email_key, client.id);
  for (const auto& device : client.devices)
    if (const auto digest = digest_of(device.token_digest))
      by_token.insert_or_assign(*digest, DeviceOfToken{client.id, device.device_id});
}

void ClientView::State::unindex(const MarketClient& client) {
  by_username.erase(client.names.username_key);
  by_email.erase(client.names.email_key);
  for (const auto& device : client.devices)
    if (const auto digest = digest_of(device.token_digest)) by_token.erase(*digest);
}

template <class Change>
void ClientView::State::change(std::string_view id, Change change) {
  const auto found = clients.find(id);
  if (found == clients.end()) return;
  auto changed = std::make_shared<MarketClient>(*found->second);
  change(*changed);
  unindex(*found->second);
  index(*changed);
  found->second = std::move(changed);
}

void ClientView::State::forget(std::string_view id) {
  if (const auto found = clients.find(id); found != clients.end()) {
    unindex(*found->second);
    clients.erase(found);
  }
  if (const auto found = registering.find(id); found != registering.end()) registering.erase(found);
  if (const auto found = wished.find(id); found != wished.end()) wished.erase(found);
  if (const auto found = request_of.find(id); found != request_of.end()) {
    requests.erase(found->second);
    request_of.erase(found);
  }
  gone.emplace(id);
}

// What the events say.

void ClientView::State::fold(const ClientRegistered& request, std::string_view id, Time time) {
  largest_id = larger_number(largest_id, id);
  registering.insert_or_assign(std::string(id), described_by(request, id, time));
  if (request.request_digest.empty()) return;
  requests.insert_or_assign(request.request_id,
                            ClientOfRequest{std::string(id), request.request_digest});
  request_of.insert_or_assign(std::string(id), request.request_id);
}

void ClientView::State::fold(const ClientNamesRequested& wish, std::string_view id, Time) {
  wished.insert_or_assign(std::string(id), wish.names);
}

void ClientView::State::fold(const ClientNamesGranted&, std::string_view id, Time) {
  if (const auto waiting = registering.find(id); waiting != registering.end()) {
    auto client = std::make_shared<const MarketClient>(std::move(waiting->second));
    registering.erase(waiting);
    index(*client);
    clients.insert_or_assign(client->id, client);
  } else if (const auto wish = wished.find(id); wish != wished.end()) {
    change(id, [&](MarketClient& client) { take_names(client, std::move(wish->second)); });
    wished.erase(wish);
  }
}

void ClientView::State::fold(const ClientNamesRefused&, std::string_view id, Time) {
  if (registering.contains(id)) return forget(id);
  if (const auto wish = wished.find(id); wish != wished.end()) wished.erase(wish);
}

void ClientView::State::fold(const ClientDetailsChanged& change, std::string_view id, Time) {
  this->change(id, [&](MarketClient& client) { client.details = change.details; });
}

void ClientView::State::fold(const ClientPasswordChanged& change, std::string_view id, Time) {
  this->change(id, [&](MarketClient& client) {
    client.password_hash = change.password_hash;
    client.devices.clear();
  });
}

void ClientView::State::fold(const ClientEmailVerified&, std::string_view id, Time) {
  change(id, [](MarketClient& client) { client.email_is_verified = true; });
}

void ClientView::State::fold(const ClientSignedIn& device, std::string_view id, Time) {
  change(id, [&](MarketClient& client) { client.devices.push_back(device); });
}

void ClientView::State::fold(const ClientSignedOut& gone_device, std::string_view id, Time) {
  change(id, [&](MarketClient& client) {
    std::erase_if(client.devices, [&](const ClientSignedIn& device) {
      return device.device_id == gone_device.device_id;
    });
  });
}

void ClientView::State::fold(const ClientRoleChanged& change, std::string_view id, Time time) {
  this->change(id, [&](MarketClient& client) { take_role(client, change.role, time); });
}

void ClientView::State::fold(const ClientBecameProvider&, std::string_view id, Time time) {
  change(id, [&](MarketClient& client) { take_role(client, ClientRole::gpu_provider, time); });
}

void ClientView::State::fold(const ClientProviderApproved&, std::string_view id, Time) {
  change(id, [](MarketClient& client) { client.is_provider_approved = true; });
}

void ClientView::State::fold(const ClientProviderSuspended&, std::string_view id, Time) {
  change(id, [](MarketClient& client) { client.is_provider_approved = false; });
}

void ClientView::State::fold(const ClientErased&, std::string_view id, Time) { forget(id); }

// Snapshots.

void ClientView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(static_cast<std::uint64_t>(state_->clients.size()));
  for (const auto& [id, client] : state_->clients) writer(*client);
  writer(state_->registering, state_->wished, state_->gone, state_->largest_id);
  writer(static_cast<std::uint64_t>(state_->requests.size()));
  for (const auto& [request_id, made] : state_->requests) writer(MadeByRequest{request_id, made});
}

void ClientView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  for (; count > 0; --count) {
    auto client = std::make_shared<MarketClient>();
    reader(*client);
    check(*client);
    loaded->index(*client);
    loaded->clients.insert_or_assign(client->id, client);
  }
  reader(loaded->registering, loaded->wished, loaded->gone, loaded->largest_id);
  for (const auto& [id, client] : loaded->registering) check(client);
  reader(count);
  for (; count > 0; --count) {
    MadeByRequest request;
    reader(request);
    loaded->request_of.insert_or_assign(request.made.id, request.request_id);
    loaded->requests.insert_or_assign(std::move(request.request_id), std::move(request.made));
  }
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
