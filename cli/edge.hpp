#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "actors/runtime/command_gateway.hpp"
#include "cli/configuration.hpp"
#include "cli/read_models.hpp"
#include "cli/server_storage.hpp"
#include "cli/server_urls.hpp"
#include "cli/service_reach.hpp"
#include "http/auth/password_pool.hpp"
#include "http/native/event_feed.hpp"
#include "http/recipes/recipe_book.hpp"
#include "http/server/server.hpp"
#include "http/upstream/upstream_client.hpp"

namespace orrery {

class Center;
class Marketplace;
class WebhookDelivery;

/// What the edge works with. All of it outlives the server.
struct EdgeParts {
  ServerStorage& storage;
  const ReadModels& models;
  CommandGateway& gateway;
  PasswordPool& passwords;
  EventFeed& feed;
  RecipeBook& recipes;
  const ServiceReach& services;
  UpstreamClient& upstream;
  /// What the service API asks for (`services_token_digest`).
  std::optional<std::array<std::uint8_t, 32>> services_token;
  /// Both open.
  const Marketplace& marketplace;
  const Center& center;
  /// Open.
  WebhookDelivery& webhooks;
  /// What opens the example resource (`kitten_key_digest`).
  std::string kitten_key_digest;
  /// Makes the driver of Slurm look soon (`SlurmClaimContext`); empty where there is none.
  std::function<void()> slurm_hint = {};
};

/// The server's settings from ours.
ServerConfiguration server_configuration(const Configuration& configuration);

/// The routes of every dialect, then our own.
Router make_router(const Configuration& configuration, const EdgeParts& parts,
                   const std::shared_ptr<EdgeMetrics>& metrics);

/// `server.start()`, with a failure as `StartFailure`.
void start_listening(HttpServer& server, const Configuration& configuration);

}  // namespace orrery
