#include "cli/edge.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <boost/system/system_error.hpp>

#include "cli/build_version.hpp"
#include "cli/center.hpp"
#include "cli/exit_codes.hpp"
#include "cli/marketplace.hpp"
#include "cli/service_settings.hpp"
#include "cli/start_failure.hpp"
#include "http/aicenter/routes.hpp"
#include "http/aifactory/routes.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/living_principal.hpp"
#include "http/crusoe/routes.hpp"
#include "http/gpushare/agent_routes.hpp"
#include "http/gpushare/routes.hpp"
#include "http/history/hindsight.hpp"
#include "http/history/past_contexts.hpp"
#include "http/history/short_paths.hpp"
#include "http/kittens/kittens.hpp"
#include "http/mkinf/routes.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/routes.hpp"
#include "http/native/slurm/claim_routes.hpp"
#include "http/neolink/routes.hpp"
#include "http/webhooks/webhook_delivery.hpp"

namespace orrery {
namespace {

/// What failed, without the place in Boost's sources where it did.
std::string reason_of(const boost::system::system_error& failure) {
  const std::string_view what = failure.what();
  return std::string(what.substr(0, what.rfind(" [")));
}

/// Whether a request carries an operator's key that is alive.
bool is_operator(const Request& request, const IdentityView& identity, const Clock& clock) {
  const auto principal =
      living_principal(identity, clock, bearer_credential(request.header("authorization")));
  return principal && principal->kind == Principal::Kind::operator_key;
}

MkinfContext mkinf_context(const Configuration& configuration, const EdgeParts& parts) {
  const auto& models = parts.models;
  MkinfContext mkinf;
  mkinf.gateway = &parts.gateway;
  mkinf.log = parts.storage.log.get();
  mkinf.identity = &models.identity;
  mkinf.vms = &models.vms;
  mkinf.operations = &models.operations;
  mkinf.availability = &models.availability;
  mkinf.catalogue = &models.catalogue;
  mkinf.disks = &models.disks;
  mkinf.networks = &models.networks;
  mkinf.firewall_rules = &models.firewall_rules;
  mkinf.quotas = &models.quotas;
  mkinf.metering = &models.metering;
  mkinf.reservations = &models.reservations;
  mkinf.clock = &parts.storage.clock;
  mkinf.ids = &parts.storage.ids;
  mkinf.subject_keys = parts.storage.subject_keys.get();
  mkinf.passwords = &parts.passwords;
  mkinf.secret = parts.storage.edge_secret;
  mkinf.base_url = configuration.base_url;
  mkinf.scheme = configuration.http_tls_certificate.empty() ? "http" : "https";
  return mkinf;
}

NeolinkContext neolink_context(const EdgeParts& parts, const MkinfContext& shared) {
  const auto& models = parts.models;
  NeolinkContext neolink;
  neolink.gateway = &parts.gateway;
  neolink.log = parts.storage.log.get();
  neolink.identity = &models.identity;
  neolink.instances = &models.instances;
  neolink.volumes = &models.volumes;
  neolink.wallets = &models.wallets;
  neolink.offers = &models.offers;
  neolink.availability = &models.availability;
  neolink.catalogue = &models.catalogue;
  neolink.clock = &parts.storage.clock;
  neolink.ids = &parts.storage.ids;
  neolink.secret = parts.storage.edge_secret;
  neolink.keys_in_flight = shared.keys_in_flight;
  return neolink;
}

AifactoryContext aifactory_context(const Configuration& configuration, const EdgeParts& parts,
                                   const MkinfContext& shared) {
  AifactoryContext aifactory;
  aifactory.gateway = &parts.gateway;
  aifactory.identity = &parts.models.identity;
  aifactory.services = &parts.models.services;
  aifactory.recipes = &parts.recipes;
  aifactory.targets = &parts.services;
  aifactory.logs = &parts.services;
  aifactory.upstream = &parts.upstream;
  aifactory.clock = &parts.storage.clock;
  aifactory.ids = &parts.storage.ids;
  aifactory.secret = parts.storage.edge_secret;
  aifactory.keys_in_flight = shared.keys_in_flight;
  aifactory.cluster = services_cluster(configuration);
  aifactory.node = host_name();
  aifactory.token_digest = parts.services_token;
  return aifactory;
}

AdminContext admin_context(const EdgeParts& parts, const MkinfContext& shared) {
  const auto& models = parts.models;
  AdminContext admin;
  admin.gateway = &parts.gateway;
  admin.identity = &models.identity;
  admin.catalogue = &models.catalogue;
  admin.metering = &models.metering;
  admin.nodes = &models.nodes;
  admin.operations = &models.operations;
  admin.quotas = &models.quotas;
  admin.reservations = &models.reservations;
  admin.wallets = &models.wallets;
  admin.volumes = &models.volumes;
  admin.offers = &models.offers;
  admin.services = &models.services;
  admin.sharing_usage = &models.sharing_usage;
  admin.simulated_clusters = &models.simulated_clusters;
  admin.slurm = &models.slurm;
  admin.gpushare = std::make_shared<const GpushareContext>(parts.marketplace.context());
  admin.webhooks = &models.webhooks;
  admin.webhook_delivery = &parts.webhooks;
  admin.log = parts.storage.log.get();
  admin.clock = &parts.storage.clock;
  admin.ids = &parts.storage.ids;
  admin.subject_keys = parts.storage.subject_keys.get();
  admin.passwords = &parts.passwords;
  admin.secret = parts.storage.edge_secret;
  admin.keys_in_flight = shared.keys_in_flight;
  admin.guesses = shared.guesses;
  return admin;
}

NativeContext native_context(const EdgeParts& parts, const std::shared_ptr<EdgeMetrics>& metrics) {
  NativeContext native;
  native.log = parts.storage.log.get();
  native.feed = &parts.feed;
  native.metrics = metrics;
  native.applied = [&models = parts.models] { return models.views.applied(); };
  native.is_operator = [&models = parts.models,
                        &clock = parts.storage.clock](const Request& request) {
    return is_operator(request, models.identity, clock);
  };
  native.upstream = &parts.upstream;
  native.availability = &parts.models.availability;
  native.services = &parts.models.services;
  native.questions = parts.marketplace.context().dispatcher;
  native.mail = parts.marketplace.context().mail;
  native.webhooks = &parts.webhooks;
  native.events_url = parts.webhooks.source();
  native.version = build_release() + " " + build_commit();
  return native;
}

void add_example(Router& router, KittenContext context) { add_kitten_routes(router, context); }

KittenContext example_as_of(std::shared_ptr<const KittenContext> live, const PastMoment& moment) {
  return {nullptr, moment.views.of<KittenView>(), live->key_digest};
}

}  // namespace

ServerConfiguration server_configuration(const Configuration& configuration) {
  ServerConfiguration server;
  server.address = configuration.listen_address;
  server.port = configuration.listen_port;
  server.threads = configuration.http_threads != 0
                       ? configuration.http_threads
                       : std::max(1u, std::thread::hardware_concurrency());
  server.limits.connection_count_max = configuration.http_connections;
  if (!configuration.http_tls_certificate.empty())
    server.tls = TlsFiles{configuration.http_tls_certificate, configuration.http_tls_key};
  server.metrics = std::make_shared<EdgeMetrics>();
  return server;
}

Router make_router(const Configuration& configuration, const EdgeParts& parts,
                   const std::shared_ptr<EdgeMetrics>& metrics) {
  const auto hindsight = std::make_shared<Hindsight>(
      HindsightParts{parts.storage.log.get(), &parts.storage.clock,
                     [&models = parts.models] { return models.views.applied(); }});
  Router router;
  const auto add = [&]<class Context>(void (*routes)(Router&, Context), AsOf<Context> as_of,
                                      Context context) {
    add_dialect(router, *hindsight, routes, as_of, std::move(context));
  };
  const auto mkinf = mkinf_context(configuration, parts);
  add(add_mkinf_routes, mkinf_as_of, mkinf);
  add(add_crusoe_routes, mkinf_as_of, mkinf);
  const auto neolink = neolink_context(parts, mkinf);
  add(add_neolink_routes, neolink_as_of, neolink);
  const auto aifactory = aifactory_context(configuration, parts, mkinf);
  add(add_aifactory_routes, aifactory_as_of, aifactory);
  add(add_gpushare_routes, gpushare_as_of, parts.marketplace.context());
  add_agent_routes(router, parts.marketplace.context());
  add_slurm_claim_routes(router, {&parts.gateway, &parts.storage.clock, parts.slurm_hint});
  hindsight->add_timeless(router);
  add(add_aicenter_routes, aicenter_as_of, parts.center.context());
  add(add_example, example_as_of,
      KittenContext{&parts.gateway, &parts.models.kittens, parts.kitten_key_digest});
  add(add_admin_routes, admin_as_of, admin_context(parts, mkinf));
  add(add_native_routes, native_as_of, native_context(parts, metrics));
  add_mkinf_short_paths(*hindsight, std::make_shared<const MkinfContext>(mkinf));
  add_neolink_short_paths(*hindsight, std::make_shared<const NeolinkContext>(neolink));
  add_aifactory_short_paths(*hindsight, std::make_shared<const AifactoryContext>(aifactory));
  add_gpushare_short_paths(*hindsight, *parts.storage.log);
  add_aicenter_short_paths(*hindsight,
                           std::make_shared<const AicenterContext>(parts.center.context()));
  add_admin_short_paths(*hindsight);
  return hindsight->open(std::move(router));
}

void start_listening(HttpServer& server, const Configuration& configuration) {
  try {
    server.start();
  } catch (const boost::system::system_error& failure) {
    throw StartFailure{exit_listen,
                       fmt::format("cannot serve at {}: {}",
                                   find_setting("listen")->get(configuration), reason_of(failure))};
  }
}

}  // namespace orrery
