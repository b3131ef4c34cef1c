#include <chrono>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <caf/all.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "cli/catalog_loading.hpp"
#include "cli/center.hpp"
#include "cli/center_settings.hpp"
#include "cli/command_line.hpp"
#include "cli/data_directory.hpp"
#include "cli/demo.hpp"
#include "cli/demo_agent.hpp"
#include "cli/demo_fleet.hpp"
#include "cli/edge.hpp"
#include "cli/exit_codes.hpp"
#include "cli/first_operator_key.hpp"
#include "cli/hands.hpp"
#include "cli/local_node.hpp"
#include "cli/logging.hpp"
#include "cli/marketplace.hpp"
#include "cli/marketplace_settings.hpp"
#include "cli/service_reach.hpp"
#include "cli/service_settings.hpp"
#include "cli/slurm_settings.hpp"
#include "cli/start_failure.hpp"
#include "cli/stop_signals.hpp"
#include "cli/webhook_settings.hpp"
#include "http/webhooks/webhook_delivery.hpp"

namespace orrery {
namespace {

/// Folding 100 million events takes less.
constexpr std::chrono::minutes resume_timeout{2};

struct ActorSettings : caf::actor_system_config {
  explicit ActorSettings(const Configuration& configuration) {
    configure_actors(*this);
    if (configuration.actors_threads != 0)
      set("scheduler.max-threads", configuration.actors_threads);
  }
};

ControlPlaneConfiguration control_configuration(ServerStorage& storage, Center& center,
                                                std::vector<CommitListener*> listeners) {
  ControlPlaneConfiguration control;
  control.log = storage.log.get();
  control.clock = &storage.clock;
  control.listeners = std::move(listeners);
  control.tail.forecasts = center.forecasts();
  return control;
}

using Listeners = std::vector<CommitListener*>;

Listeners joined(Listeners first, std::initializer_list<Listeners> others) {
  for (const auto& more : others) first.insert(first.end(), more.begin(), more.end());
  return first;
}

void await_tails(const ControlPlane& control_plane) {
  if (!control_plane.await_ready(resume_timeout))
    log_warning("placement or a process is still folding the log");
}

/// Nobody outside is told anything any more.
void fall_silent(WebhookDelivery& webhooks, Center& center, Marketplace& marketplace) {
  webhooks.close();
  center.close();
  marketplace.close();
}

/// Once nothing changes them any more.
void save_views(ReadModels& models, ServerStorage& storage) {
  models.views.stop_background_snapshots();
  models.views.save_snapshots(*storage.log);
}

/// What no server is without: the demo's fleet and people, else prices and an operator's key.
std::optional<DemoCredentials> provide_first_data(const Configuration& configuration,
                                                  ServerStorage& storage, const ReadModels& models,
                                                  FleetArrival& arrival,
                                                  const GpushareContext& market,
                                                  const AicenterContext& center,
                                                  const StopSignals& stop_signals) {
  auto& gateway = *market.gateway;
  if (configuration.dev)
    return set_up_demo(configuration, models, gateway, arrival, *storage.subject_keys,
                       *market.passwords, market, center, stop_signals);
  value_or_stop(declare_fleet(gateway, first_prices(models)), exit_failure);
  provide_first_operator_key(configuration, gateway, models.identity, storage.edge_secret,
                             storage.clock.now());
  return std::nullopt;
}

/// Whoever learns that the server serves finds credentials, and a model that answers.
std::unique_ptr<DemoAgent> open_demo(const Configuration& configuration,
                                     const DemoCredentials& demo, const Marketplace& marketplace,
                                     std::uint16_t port) {
  write_demo_credentials(configuration, demo, base_url_of(configuration, port));
  return std::make_unique<DemoAgent>(configuration, marketplace.context(), demo.market,
                                     local_url_of(configuration, port));
}

/// The server from start to stop: the loop of docs/architecture.md, wired from the log outwards and
/// taken apart from the edge inwards.
void run_server(const Configuration& configuration, StopSignals& stop_signals) {
  // A file that is wrong stops the start before anything is touched.
  const auto catalog = configured_catalog(configuration);
  const auto services_token = services_token_digest(configuration);
  const auto kitten_key = kitten_key_digest(configuration);

  // The log is the truth. It has verified itself when it is open.
  ServerStorage storage(configuration.data);
  provide_recipes(configuration);
  RecipeBook recipes = open_recipes(configuration);

  // Projections read: they are at the head before anybody asks.
  ReadModels models;
  value_or_stop(models.views.catch_up(*storage.log), exit_log_damaged);
  EventFeed feed(*storage.log);
  FleetArrival arrival;
  models.views.start_background_snapshots(*storage.log, configuration.snapshots_every_events);
  log_info(fmt::format("{} events in the log", models.views.applied()));

  // Nodes of the marketplace speak to the edge, and the log says what becomes of them. The center's
  // queue says what it expects.
  Marketplace marketplace(configuration, storage, models);
  Center center(configuration, storage, models, marketplace.context().mail);
  WebhookDelivery webhooks(webhook_parts(storage, models), webhook_settings(configuration));

  // Aggregates decide. Placement and the processes tail the log and command.
  ActorSettings actor_settings(configuration);
  caf::actor_system actors(actor_settings);
  const auto listeners = joined({&models.views, &feed, &arrival, &webhooks},
                                {marketplace.listeners(), center.listeners()});
  ControlPlane control_plane(actors, control_configuration(storage, center, listeners));
  CommandGateway gateway(actors, control_plane.bus(), configuration.actors_commands_in_flight);

  // Drivers do the work.
  Hands hands(actors, control_plane, configuration, models.nodes, storage);
  await_tails(control_plane);

  // The edge turns requests into commands, and reads into what the projections hold.
  PasswordPool passwords;
  UpstreamClient upstream;
  marketplace.open(gateway, passwords);
  center.open(gateway, feed);
  webhooks.open(gateway);
  const auto demo = provide_first_data(configuration, storage, models, arrival,
                                       marketplace.context(), center.context(), stop_signals);
  provide_local_node(configuration, gateway, models);
  if (catalog) load_catalog(*catalog, gateway, models);
  ServiceReach services(models.services, models.nodes, local_runs_folder(configuration.data),
                        slurm_runs_folder(configuration));
  services.start();
  const auto settings = server_configuration(configuration);
  const EdgeParts parts{storage, models,   gateway,    passwords,         feed,
                        recipes, services, upstream,   services_token,    marketplace,
                        center,  webhooks, kitten_key, hands.slurm_hint()};
  HttpServer server(settings, make_router(configuration, parts, settings.metrics));
  start_listening(server, configuration);
  const auto url = base_url_of(configuration, server.port());
  auto agent = demo ? open_demo(configuration, *demo, marketplace, server.port()) : nullptr;
  std::cout << "Orrery serves at " << url << '\n'  // Scripts wait for this line.
            << (demo ? demo_welcome(configuration, *demo, url) : "") << std::flush;

  log_info(fmt::format("{}: draining", stop_signals.wait()));
  agent.reset();
  server.drain();
  fall_silent(webhooks, center, marketplace);
  hands.stop();
  control_plane.stop();
  save_views(models, storage);
  log_info(fmt::format("stopped at event {}", storage.log->head()));
}

int serve(const Configuration& configuration) {
  StopSignals stop_signals;
  start_logging(configuration.log_level);
  try {
    check_local_process_settings(configuration);
    check_slurm_settings(configuration);
    check_marketplace_settings(configuration);
    run_server(configuration, stop_signals);
    return exit_success;
  } catch (const StartFailure& failure) {
    log_error(failure.message);
    return failure.exit_code;
  }
}

}  // namespace
}  // namespace orrery

int main(int argc, char** argv) { return orrery::run_command_line(argc, argv, orrery::serve); }
