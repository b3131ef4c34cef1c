#include "cli/marketplace.hpp"

#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "actors/shared_node/shared_node.hpp"
#include "cli/edge.hpp"
#include "cli/logging.hpp"
#include "cli/marketplace_settings.hpp"
#include "cli/read_models.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "http/auth/credential_cache.hpp"
#include "http/gpushare/agents.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/endpoint_calls.hpp"
#include "http/gpushare/key_erasures.hpp"
#include "http/gpushare/settlements.hpp"
#include "http/gpushare/withdrawals.hpp"
#include "http/upstream/upstream_client.hpp"
#include "storage/subject_keys.hpp"

namespace orrery {

namespace {

/// Reports of the watch, which hears the log before there is a gateway, and still when there is
/// none any more.
class NodeReports {
 public:
  void open(CommandGateway& gateway) {
    const std::lock_guard lock(mutex_);
    report_ = node_reports(gateway);
  }
  void close() {
    const std::lock_guard lock(mutex_);
    report_ = nullptr;
  }
  void operator()(const std::string& node_id, bool is_ready) {
    const std::lock_guard lock(mutex_);
    if (report_) report_(node_id, is_ready);
  }

 private:
  std::mutex mutex_;
  HeartbeatWatch::Report report_;
};

HeartbeatWatch::Timing heartbeat_timing(const Configuration& configuration) {
  HeartbeatWatch::Timing timing;
  timing.lost_after = std::chrono::seconds(configuration.gpushare_heartbeat_timeout_s);
  return timing;
}

MailSettings dated(MailSettings settings, const Clock& clock) {
  settings.clock = &clock;
  return settings;
}

UpstreamReach endpoint_reach(const Configuration& configuration) {
  if (configuration.gpushare_endpoints == "anywhere") return UpstreamReach::anywhere;
  return configuration.gpushare_endpoints == "network" ? UpstreamReach::network
                                                       : UpstreamReach::internet;
}

/// A client is erased by an event first and by his key then: a kill between the two leaves the key.
void finish_erasures(const ClientView& clients, SubjectKeys& keys) {
  for (const auto& id : clients.erased())
    if (!keys.erase(client_subject(id)))
      log_warning(fmt::format("the key of client {}, who was erased, cannot be erased", id));
}

}  // namespace

struct Marketplace::Parts {
  Parts(const Configuration& configuration, ServerStorage& storage, const ReadModels& models)
      : views(models),
        heartbeats(
            storage.clock, heartbeat_timing(configuration),
            [this](const std::string& node_id, bool is_ready) { reports(node_id, is_ready); }),
        erasures(models.clients, *storage.subject_keys),
        agents(storage.ids),
        mail(dated(mail_settings(configuration), storage.clock)) {
    if (const auto settings = google_settings(configuration)) google.emplace(*settings);
  }

  const ReadModels& views;
  NodeReports reports;
  gpushare::Settlements settlements;
  HeartbeatWatch heartbeats;
  KeyErasures erasures;
  gpushare::Agents agents;
  gpushare::Withdrawals withdrawals{agents};
  /// Strangers' servers are asked by a client of their own: what they keep busy isn't missing where
  /// services are asked.
  UpstreamClient upstream;
  CredentialCache credentials;
  MailSender mail;
  std::optional<GoogleTokens> google;
  std::optional<gpushare::EndpointCalls> endpoints;
  std::optional<gpushare::Dispatcher> dispatcher;
  GpushareContext context;
};

Marketplace::Marketplace(const Configuration& configuration, ServerStorage& storage,
                         const ReadModels& models)
    : parts_(std::make_unique<Parts>(configuration, storage, models)) {
  finish_erasures(models.clients, *storage.subject_keys);
  if (parts_->google)
    if (const auto problem = parts_->google->problem())
      log_warning(fmt::format("nobody signs in with Google yet: {}", *problem));
  if (!configuration.mail_smtp_url.empty() && configuration.base_url.empty() &&
      configuration.gpushare_reset_link.empty())
    log_warning("mails link to the address listened at; set base-url to one that people reach");
  auto& context = parts_->context;
  context.clients = &models.clients;
  context.sharing = &models.sharing;
  context.inferences = &models.inferences;
  context.settlements = &parts_->settlements;
  context.agents = &parts_->agents;
  context.heartbeats = &parts_->heartbeats;
  context.subject_keys = storage.subject_keys.get();
  context.credentials = &parts_->credentials;
  if (parts_->google) context.google = &*parts_->google;
  context.mail = &parts_->mail;
  context.clock = &storage.clock;
  context.ids = &storage.ids;
  context.secret = storage.edge_secret;
  context.public_url = base_url_of(configuration, configuration.listen_port);
  context.reset_link = configuration.gpushare_reset_link;
  if (!configuration.mail_smtp_url.empty() && configuration.base_url.empty() &&
      context.reset_link.empty())
    log_warning(
        fmt::format("links in mails lead to {}: base-url says where others reach this server",
                    context.public_url));
  context.approves_providers_at_once = configuration.gpushare_approve_providers == "at_once";
  context.endpoint_reach = endpoint_reach(configuration);
}

Marketplace::~Marketplace() { close(); }

std::vector<CommitListener*> Marketplace::listeners() {
  return {&parts_->settlements, &parts_->heartbeats, &parts_->withdrawals, &parts_->erasures};
}

void Marketplace::open(CommandGateway& gateway, PasswordPool& passwords) {
  auto& context = parts_->context;
  context.gateway = &gateway;
  context.passwords = &passwords;
  context.upstream = &parts_->upstream;
  parts_->endpoints.emplace(parts_->upstream, *context.subject_keys, context.endpoint_reach);
  gpushare::Dispatcher::Dependencies needed;
  needed.gateway = &gateway;
  needed.clients = context.clients;
  needed.sharing = context.sharing;
  needed.inferences = context.inferences;
  needed.subject_keys = context.subject_keys;
  needed.agents = &parts_->agents;
  needed.endpoints = &*parts_->endpoints;
  context.dispatcher = &parts_->dispatcher.emplace(needed);
  parts_->reports.open(gateway);
  for (const auto& node : parts_->views.sharing.nodes())
    parts_->heartbeats.expect(node_id_of_shared(node->id), node->is_ready);
}

void Marketplace::close() {
  parts_->dispatcher.reset();
  parts_->reports.close();
}

const GpushareContext& Marketplace::context() const { return parts_->context; }

}  // namespace orrery
