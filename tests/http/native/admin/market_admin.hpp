#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "http/auth/bootstrap.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/credential_cache.hpp"
#include "http/auth/password_pool.hpp"
#include "http/gpushare/context.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/server/server.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "projections/sharing_usage/sharing_usage_view.hpp"
#include "storage/clock.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// The administration of a marketplace, over actors and views like a server's and a memory log. The
/// test sends past the edge what the marketplace's own dialect would.
class MarketAdmin {
 public:
  MarketAdmin() {
    for (View* view : std::vector<View*>{&identity, &clients, &sharing, &usage}) views_.add(*view);
    REQUIRE(views_.catch_up(log_).has_value());
    ControlPlaneConfiguration configuration;
    configuration.log = &log_;
    configuration.clock = &clock;
    configuration.listeners = {&views_, &heartbeats};
    control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
    gateway_ = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
    tenant = *bootstrap(*gateway_, *subject_keys, passwords_, secret, {});
    Router router;
    add_admin_routes(router, admin_context());
    add_admin_routes(routes_, admin_context());
    ServerConfiguration server;
    server.port = 0;
    server.threads = 1;
    server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
    server_->start();
  }
  ~MarketAdmin() {
    server_->drain();
    control_plane_->stop();
    gateway_.reset();  // The actors end when nobody knows them any more.
  }

  template <class A, class C>
  void command(std::string id, C command) {
    using Result = boost::system::result<Outcome<A>, Unavailable>;
    std::promise<bool> accepted;
    gateway_->submit<A>({std::move(id), std::move(command), Origin{"test", 0, "test"}, {}},
                        [&](const Result& outcome) {
                          accepted.set_value(outcome.has_value() && !outcome->rejection);
                        });
    REQUIRE(accepted.get_future().get());
  }

  /// Waits for what a process is about to do; in vain for ten seconds at most.
  template <class Condition>
  void await(const Condition& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain");
      std::this_thread::yield();
    }
  }

  Sealed sealed(const std::string& client_id, std::string_view text) {
    return *subject_keys->seal(client_subject(client_id), text);
  }

  /// A client who has his names, and a device "laptop".
  void joins(const std::string& id, const std::string& username,
             ClientRole role = ClientRole::user) {
    ClientRegistered request;
    const auto email = username + "@example.org";
    request.names = {sealed(id, username), sealed(id, email), secret.username_key(username),
                     secret.email_key(email)};
    request.role = role;
    command<Client>(id, Client::Register{request});
    await([&] { return clients.find(id) != nullptr; });
    const auto digest = credential_digest_text(secret.client_token(id, "laptop"));
    command<Client>(id, Client::SignIn{{"laptop", digest}});
  }
  std::string token_of(const std::string& client_id) {
    return "Token " + secret.client_token(client_id, "laptop");
  }

  void shares(const std::string& client_id, const std::string& node_id, const std::string& model) {
    SharedNodeRegistered offer;
    offer.client_id = client_id;
    offer.gpu_record_id = "1";
    offer.model = offer.served_model = model;
    offer.token_digest = credential_digest_text(secret.node_token(node_id));
    offer.gpu_model = "RTX 4090";
    offer.gpu_count = 1;
    offer.cpu_count = 16;
    offer.memory_mib = 65'536;
    offer.concurrency = 4;
    command<SharedNode>(node_id, SharedNode::Register{offer});
    await([&] { return sharing.node(node_id)->is_ready; });
  }

  void answers(const std::string& client_id, const std::string& inference_id,
               const std::string& node_id, InferenceUse use) {
    const auto model = sharing.node(node_id)->offer.model;
    command<Inference>(
        inference_id,
        Inference::Ask{{client_id, sealed(client_id, "?"), model, inference_id, {}}, node_id});
    command<Inference>(inference_id, Inference::Answer{{sealed(client_id, "!"), use}});
  }

  WireAnswer ask(std::string_view method, std::string_view target, std::string authorization,
                 std::string_view body = {}) {
    auto request = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n",
                               method, target, body.size());
    if (!authorization.empty()) request += "Authorization: " + authorization + "\r\n";
    RawClient client(server_->port());
    auto answer = client.ask(request.append("\r\n").append(body));
    const auto path = target.substr(0, target.find('?'));
    std::vector<std::string_view> parameters;
    const auto asked = method == "GET"    ? Method::get
                       : method == "POST" ? Method::post
                                          : Method::delete_;
    const auto match = routes_.match(asked, path, parameters);
    REQUIRE(match.route != Router::no_route);
    const auto route = fmt::format("{} {}", method, routes_.routes()[match.route].pattern);
    INFO(route << "\n" << answer.head << "\n" << answer.body);
    CHECK(document_.problem_with(route, answer.status, answer.header("Content-Type"),
                                 answer.body) == "");
    return answer;
  }
  /// As the operator.
  WireAnswer order(std::string_view method, std::string_view target, std::string_view body = {}) {
    return ask(method, target, "Bearer " + tenant.operator_key, body);
  }
  boost::json::value get(std::string_view target) {
    const auto answer = order("GET", target);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return boost::json::parse(answer.body);
  }
  std::vector<std::string> ids(std::string_view target) {
    std::vector<std::string> ids;
    const auto json = get(target);
    for (const auto& item : json.at("items").as_array())
      ids.emplace_back(item.at("id").as_string());
    return ids;
  }

  class MovedClock : public Clock {
   public:
    /// 2024-06-16 at 15:52:41.
    Time now() const override { return Time(std::chrono::seconds(1'718'553'161)); }
  };
  MovedClock clock;
  EdgeSecret secret;
  std::unique_ptr<SubjectKeys> subject_keys = SubjectKeys::in_memory();
  IdentityView identity;
  ClientView clients;
  SharingView sharing;
  SharingUsageView usage;
  HeartbeatWatch heartbeats{clock, {}, [](const std::string&, bool) {}};
  /// The operator, and keys of an organization that has nothing to do with the marketplace.
  BootstrapCredentials tenant;

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };

  AdminContext admin_context() {
    auto market = std::make_shared<GpushareContext>();
    market->gateway = gateway_.get();
    market->clients = &clients;
    market->sharing = &sharing;
    market->heartbeats = &heartbeats;
    market->subject_keys = subject_keys.get();
    market->passwords = &passwords_;
    market->credentials = &credentials_;
    market->clock = &clock;
    market->ids = &ids_;
    market->secret = secret;
    AdminContext admin;
    admin.gateway = gateway_.get();
    admin.identity = &identity;
    admin.sharing_usage = &usage;
    admin.gpushare = std::move(market);
    admin.clock = &clock;
    admin.ids = &ids_;
    admin.subject_keys = subject_keys.get();
    admin.passwords = &passwords_;
    admin.secret = secret;
    return admin;
  }

  MemoryEventLog log_;
  Views views_;
  SeededIdSource ids_{1};
  PasswordPool passwords_{PasswordPoolConfiguration{1, 8, 1, 8192}};
  CredentialCache credentials_;
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<CommandGateway> gateway_;
  /// To find out which route a request took.
  Router routes_;
  OpenApiDocument document_{"http/native/openapi.json"};
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orrery
