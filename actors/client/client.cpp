#include "actors/client/client.hpp"

#include <algorithm>
#include <utility>

namespace orrery {

using Answer = Decision<Client::Event, Client::Rejection>;
using Rejection = Client::Rejection;

namespace {

bool has_device(const Client::Active& client, const std::string& device_id) {
  return std::any_of(client.devices.begin(), client.devices.end(),
                     [&](const auto& device) { return device.device_id == device_id; });
}

Answer request_names(const Client::Active& client, const ClientNames& names) {
  if (client.wished == names) return nothing_happens<Answer>();
  if (client.wished) return Rejection::names_are_being_changed;
  if (client.request.names == names) return nothing_happens<Answer>();
  return happens<Answer>(ClientNamesRequested{names});
}

/// Late words about names that were decided on already say nothing new.
Answer grant_names(const Client::Active& client, const ClientNames& names) {
  if (client.wished == names) return happens<Answer>(ClientNamesGranted{});
  if (client.request.names == names) return nothing_happens<Answer>();
  return Rejection::names_were_not_requested;
}

Answer refuse_names(const Client::Active& client, const Client::RefuseNames& refusal) {
  if (client.wished != refusal.names) return Rejection::names_were_not_requested;
  return happens<Answer>(ClientNamesRefused{refusal.taken});
}

Answer change_password(const Client::Active& client, const Client::ChangePassword& change) {
  if (change.password_hash == client.password_hash) return nothing_happens<Answer>();
  if (change.replaces && *change.replaces != client.password_hash)
    return Rejection::password_has_changed;
  return happens<Answer>(ClientPasswordChanged{change.password_hash});
}

Answer verify_email(const Client::Active& client, bool drops_password) {
  if (client.email_is_verified) return nothing_happens<Answer>();
  if (!drops_password) return happens<Answer>(ClientEmailVerified{});
  return happens<Answer>(ClientEmailVerified{}, ClientPasswordChanged{});
}

Answer sign_in(const Client::Active& client, const ClientSignedIn& device) {
  const auto known =
      std::find_if(client.devices.begin(), client.devices.end(),
                   [&](const auto& other) { return other.device_id == device.device_id; });
  if (known != client.devices.end()) {
    if (*known == device) return nothing_happens<Answer>();
    return Rejection::device_is_known_with_another_token;
  }
  if (client.devices.size() < Client::device_count_max) return happens<Answer>(device);
  return happens<Answer>(ClientSignedOut{client.devices.front().device_id}, device);
}

Answer sign_out(const Client::Active& client, const std::string& device_id) {
  if (!has_device(client, device_id)) return nothing_happens<Answer>();
  return happens<Answer>(ClientSignedOut{device_id});
}

/// Who is no provider any more isn't an approved one when he becomes one again.
Answer change_role(const Client::Active& client, ClientRole role) {
  if (client.role == role) return nothing_happens<Answer>();
  if (role == ClientRole::user && client.is_approved)
    return happens<Answer>(ClientRoleChanged{role}, ClientProviderSuspended{});
  return happens<Answer>(ClientRoleChanged{role});
}

Answer become_provider(const Client::Active& client) {
  if (client.role != ClientRole::user) return nothing_happens<Answer>();
  return happens<Answer>(ClientBecameProvider{});
}

Answer approve(const Client::Active& client) {
  if (client.is_approved) return nothing_happens<Answer>();
  if (client.role == ClientRole::user) return Rejection::client_is_no_provider;
  return happens<Answer>(ClientProviderApproved{});
}

Answer suspend(const Client::Active& client) {
  if (!client.is_approved) return nothing_happens<Answer>();
  return happens<Answer>(ClientProviderSuspended{});
}

Answer command_active(const Client::Active& client, const Client::Command& command) {
  return std::visit(
      Match{
          [&](const Client::Register& wish) -> Answer {
            if (wish.request == client.request) return nothing_happens<Answer>();
            return Rejection::client_exists_already;
          },
          [&](const Client::RequestNames& wish) { return request_names(client, wish.names); },
          [&](const Client::GrantNames& grant) { return grant_names(client, grant.names); },
          [&](const Client::RefuseNames& refusal) { return refuse_names(client, refusal); },
          [&](const Client::ChangeDetails& change) -> Answer {
            if (change.details == client.request.details) return nothing_happens<Answer>();
            return happens<Answer>(ClientDetailsChanged{change.details});
          },
          [&](const Client::ChangePassword& change) { return change_password(client, change); },
          [&](const Client::VerifyEmail& proof) {
            return verify_email(client, proof.drops_password);
          },
          [&](const Client::SignIn& wish) { return sign_in(client, wish.device); },
          [&](const Client::SignOut& wish) { return sign_out(client, wish.device_id); },
          [&](const Client::ChangeRole& change) { return change_role(client, change.role); },
          [&](const Client::BecomeProvider&) { return become_provider(client); },
          [&](const Client::ApproveProvider&) { return approve(client); },
          [&](const Client::SuspendProvider&) { return suspend(client); },
          [](const Client::Erase&) -> Answer { return happens<Answer>(ClientErased{}); },
      },
      command);
}

}  // namespace

Answer Client::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Register& wish) -> Answer {
            return happens<Answer>(wish.request);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::client_does_not_exist; },

          [](const Registering& client, const Register& wish) -> Answer {
            if (wish.request == client.request) return nothing_happens<Answer>();
            return Rejection::client_exists_already;
          },
          [](const Registering& client, const GrantNames& grant) -> Answer {
            if (grant.names != client.request.names) return Rejection::names_were_not_requested;
            return happens<Answer>(ClientNamesGranted{});
          },
          [](const Registering& client, const RefuseNames& refusal) -> Answer {
            if (refusal.names != client.request.names) return Rejection::names_were_not_requested;
            return happens<Answer>(ClientNamesRefused{refusal.taken});
          },
          [](const Registering&, const auto&) -> Answer { return Rejection::client_is_not_active; },

          [&](const Active& client, const auto&) { return command_active(client, command); },

          [](const Refused& client, const Register& wish) -> Answer {
            if (wish.request == client.request) return nothing_happens<Answer>();
            return Rejection::client_exists_already;
          },
          [](const Refused&, const RefuseNames&) { return nothing_happens<Answer>(); },
          [](const Refused&, const GrantNames&) -> Answer { return Rejection::names_were_refused; },
          [](const Refused&, const auto&) -> Answer { return Rejection::client_is_not_active; },

          [](const Erased&, const Register&) -> Answer { return Rejection::client_exists_already; },
          [](const Erased&, const Erase&) { return nothing_happens<Answer>(); },
          [](const Erased&, const auto&) -> Answer { return Rejection::client_is_erased; },
      },
      state, command);
}

namespace {

/// Of one that waits for its names.
Client::State granted(Client::State state) {
  if (auto* waiting = std::get_if<Client::Registering>(&state)) {
    Client::Active client;
    client.password_hash = waiting->request.password_hash;
    client.role = waiting->request.role;
    client.request = std::move(waiting->request);
    return client;
  }
  auto& client = std::get<Client::Active>(state);
  // Who has proved that he reads mail to one address has proved nothing of another.
  if (client.request.names.email_key != client.wished.value().email_key)
    client.email_is_verified = false;
  client.request.names = *std::move(client.wished);
  client.wished.reset();
  return state;
}

Client::State refused(Client::State state) {
  if (auto* waiting = std::get_if<Client::Registering>(&state))
    return Client::Refused{std::move(waiting->request)};
  std::get<Client::Active>(state).wished.reset();
  return state;
}

}  // namespace

Client::State Client::evolve(State state, const Event& event) {
  const auto active = [&]() -> Active& { return std::get<Active>(state); };
  std::visit(
      Match{
          [&](const ClientRegistered& request) { state = Registering{request}; },
          [&](const ClientNamesRequested& wish) { active().wished = wish.names; },
          [&](const ClientNamesGranted&) { state = granted(std::move(state)); },
          [&](const ClientNamesRefused&) { state = refused(std::move(state)); },
          [&](const ClientDetailsChanged& change) { active().request.details = change.details; },
          [&](const ClientPasswordChanged& change) {
            active().password_hash = change.password_hash;
            active().devices.clear();
          },
          [&](const ClientEmailVerified&) { active().email_is_verified = true; },
          [&](const ClientSignedIn& device) { active().devices.push_back(device); },
          [&](const ClientSignedOut& gone) {
            std::erase_if(active().devices,
                          [&](const auto& device) { return device.device_id == gone.device_id; });
          },
          [&](const ClientRoleChanged& change) { active().role = change.role; },
          [&](const ClientBecameProvider&) { active().role = ClientRole::gpu_provider; },
          [&](const ClientProviderApproved&) { active().is_approved = true; },
          [&](const ClientProviderSuspended&) { active().is_approved = false; },
          [&](const ClientErased&) { state = Erased{}; },
      },
      event);
  return state;
}

}  // namespace orrery
