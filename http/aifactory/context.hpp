#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/aifactory/model_traffic.hpp"
#include "http/auth/edge_secret.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class Clock;
class CommandGateway;
class IdentityView;
class RecipeBook;
class ServiceLogs;
class ServiceTargets;
class ServiceView;
class UpstreamClient;

/// Everything that the AI-factory dialect works with. All pointers must outlive the router; all of
/// it is used from many threads.
struct AifactoryContext {
  CommandGateway* gateway = nullptr;
  /// For operators' keys, which are good here too.
  const IdentityView* identity = nullptr;
  const ServiceView* services = nullptr;
  RecipeBook* recipes = nullptr;
  /// Where a service is reached; null: nowhere.
  const ServiceTargets* targets = nullptr;
  /// What services have written; null: nothing.
  const ServiceLogs* logs = nullptr;
  /// Null: no model server is asked.
  UpstreamClient* upstream = nullptr;
  /// Copies of the context share it.
  std::shared_ptr<aifactory::ModelTraffic> traffic = std::make_shared<aifactory::ModelTraffic>();
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  EdgeSecret secret;
  /// Copies of the context share it; one for all dialects of a server.
  std::shared_ptr<KeysInFlight> keys_in_flight = std::make_shared<KeysInFlight>();
  /// Where services run.
  std::string cluster;
  /// Name of this host, for `GET /`.
  std::string node = "unknown";
  /// Of the token that requests must carry (`credential_digest`); an operator's key will do
  /// instead. Absent: nobody is asked who he is, which is for listeners on loopback alone; requests
  /// must then be addressed to a loopback name, so that no web page reaches the server by a name of
  /// its own.
  std::optional<std::array<std::uint8_t, 32>> token_digest;
};

}  // namespace orrery
