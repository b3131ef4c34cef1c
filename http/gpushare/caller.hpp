#pragma once

#include <cstdint>
#include <string>

#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

/// What somebody may do, by what he is; more with each.
enum class Standing : std::uint8_t { anonymous, user, gpu_provider, admin };

/// Who asks.
struct Caller {
  /// As he was when the request came; null for who didn't say who he is.
  ClientView::Client client;
  /// The device whose token he used; empty where he used his password.
  std::string device_id;

  /// Of clients: "client/<id>"; else "anonymous". For `Origin::actor`.
  std::string actor() const { return client ? "client/" + client->id : "anonymous"; }
  Standing standing() const;
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
