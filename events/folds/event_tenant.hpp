#pragma once

#include <string>
#include <string_view>

#include "events/registry.hpp"

namespace orrery {

/// Whose an event is, as far as it says so itself.
struct TenantClue {
  /// "project/<id>", "namespace/<id>", "client/<id>" or "center_user/<name>"; empty: it doesn't
  /// say.
  std::string tenant = {};
  /// Where it is said: at the beginning of this stream. Empty: it is nobody's.
  std::string stream = {};

  bool operator==(const TenantClue&) const = default;
};

/// The one rule of whose events are whose, for feeds and webhooks.
///
/// A thing's events are its owner's: a project's VMs, disks, networks, firewall rules, operations,
/// quota and keys; a namespace's instances, volumes, saved images, wallet and tokens; what a client
/// offers and asks; a center user's jobs. A lease is its holder's, and so are the GPUs' events of
/// claiming and releasing for it. What happens to machines themselves (faults, cordons, losses) is
/// nobody's, though tenants feel it: their own things' events say what it does to them. Services of
/// the AI factory have no tenant.
TenantClue tenant_clue(std::string_view stream, const Event& event);

/// Whether `tenant`, as of a clue, is meant by `wanted`: the same, or its id alone.
bool is_tenant(std::string_view tenant, std::string_view wanted);

}  // namespace orrery
