#include "actors/processes/client_record.hpp"

namespace orrery {
namespace {

bool is_named(const ClientNames& names, const std::string& key) {
  return names.username_key == key || names.email_key == key;
}

bool has_use_for(const ClientRecord& client, const std::string& key) {
  return client.username_key == key || client.email_key == key ||
         (client.wished && is_named(*client.wished, key));
}

}  // namespace

std::string lacking_handle(const ClientRecord& client) {
  if (!client.wished) return {};
  for (const auto& key : {client.wished->username_key, client.wished->email_key})
    if (!client.held.contains(key) || client.releasing.contains(key)) return key;
  return {};
}

ClientStep owed_step(const ClientRecord& client) {
  if (!client.wished) return ClientStep::nothing;
  if (client.taken) return ClientStep::refuse;
  const auto key = lacking_handle(client);
  if (key.empty()) return ClientStep::grant;
  return client.releasing.contains(key) ? ClientStep::nothing : ClientStep::claim;
}

std::vector<std::string> surplus_handles(const ClientRecord& client) {
  std::vector<std::string> surplus;
  for (const auto& key : client.held)
    if (!has_use_for(client, key) && !client.releasing.contains(key)) surplus.push_back(key);
  return surplus;
}

bool is_finished(const ClientRecord& client) {
  return client.phase == ClientRecord::Phase::gone && client.held.empty();
}

}  // namespace orrery
