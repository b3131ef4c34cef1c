#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

/// What somebody may do, by what he is; more with each.
enum class Standing : std::uint8_t { anonymous, user, gpu_provider, admin };

/// Who asks, as he was when his credential was looked at.
struct Caller {
  /// Null: nobody has said who he is.
  ClientView::Client client;
  /// The device whose token was used; empty for who came with a password.
  std::string device_id;

  bool is_anonymous() const { return !client; }
  bool is_admin() const { return client && client->role == ClientRole::admin; }
  Standing standing() const;
  /// For `Origin` and `identify`: "client/<id>", or "anonymous".
  std::string actor() const { return client ? "client/" + client->id : "anonymous"; }
  /// Whether the client with this id is he.
  bool is(std::string_view client_id) const { return client && client->id == client_id; }
};

inline Standing Caller::standing() const {
  if (!client) return Standing::anonymous;
  switch (client->role) {
    case ClientRole::user:
      return Standing::user;
    case ClientRole::gpu_provider:
      return Standing::gpu_provider;
    case ClientRole::admin:
      return Standing::admin;
  }
  return Standing::anonymous;
}

}  // namespace orrery::gpushare
