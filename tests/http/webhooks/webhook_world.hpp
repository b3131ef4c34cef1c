#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/id_source.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/server/server.hpp"
#include "http/webhooks/webhook_delivery.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/webhooks/webhook_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// Deliveries that don't let a test wait.
inline WebhookDeliverySettings impatient() {
  WebhookDeliverySettings settings;
  settings.patience = {3, std::chrono::milliseconds(1), std::chrono::milliseconds(4),
                       std::chrono::milliseconds(50)};
  settings.timeout = std::chrono::milliseconds(5'000);
  settings.reach = UpstreamReach::anywhere;
  return settings;
}

class MovableClock : public Clock {
 public:
  Time now() const override { return Time(std::chrono::microseconds(now_us.load())); }
  std::atomic<std::int64_t> now_us = 1'700'000'000'000'000;
};

/// A server with webhooks: real actors, views, deliveries and the administration's API, over a log
/// in memory.
class WebhookWorld {
 public:
  explicit WebhookWorld(WebhookDeliverySettings settings = impatient())
      : settings_(std::move(settings)) {
    for (View* view : {static_cast<View*>(&identity), static_cast<View*>(&webhooks)})
      views_.add(*view);
    REQUIRE(views_.catch_up(log).has_value());
    ControlPlaneConfiguration configuration;
    configuration.log = &log;
    configuration.clock = &clock;
    configuration.listeners = {&views_, &relay_};
    control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
    gateway = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
    AccessKeyIssued key;
    key.digest = credential_digest_text("the operator's");
    key.scope = KeyScope::operator_;
    command<Token>("k1", Token::IssueKey{key});
    start();
  }
  ~WebhookWorld() {
    stop();
    control_plane_->stop();
    gateway.reset();
  }

  /// Deliveries end, as in a restart, and what follows is told to nobody.
  void stop() {
    if (server_) server_->drain();
    server_.reset();
    relay_.to = nullptr;
    if (delivery) delivery->close();
    retired_.push_back(std::move(delivery));
  }
  void start() {
    WebhookDelivery::Parts parts{&log, &webhooks, subject_keys.get(), &clock, &ids_, {}};
    delivery = std::make_unique<WebhookDelivery>(std::move(parts), settings_);
    relay_.to = delivery.get();
    delivery->open(*gateway);
    Router router;
    for (auto* table : {&routes_, &router}) {
      if (table == &routes_) *table = Router();
      add_admin_routes(*table, admin_context());
    }
    ServerConfiguration server;
    server.port = 0;
    server.threads = 1;
    server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
    server_->start();
  }

  template <class A, class C>
  void command(std::string id, C command) {
    using Result = boost::system::result<Outcome<A>, Unavailable>;
    std::promise<bool> accepted;
    gateway->submit<A>({std::move(id), std::move(command), Origin{"test", 0, "test"}, {}},
                       [&](const Result& outcome) {
                         accepted.set_value(outcome.has_value() && !outcome->rejection);
                       });
    REQUIRE(accepted.get_future().get());
  }

  /// Something happens; its position.
  Position happen() {
    command<Kitten>(std::to_string(++kittens_), Kitten::Welcome{{"Tom", "tabby", 3, 3}});
    return log.head();
  }

  WireAnswer ask(std::string_view method, std::string_view target, std::string_view body = {},
                 std::string_view headers = {}, std::string_view key = "the operator's") {
    RawClient client(server_->port());
    auto answer = client.ask(
        fmt::format("{} {} HTTP/1.1\r\nHost: orrery\r\nX-Request-Id: test\r\nAuthorization: Bearer "
                    "{}\r\nContent-Length: {}\r\n{}\r\n{}",
                    method, target, key, body.size(), headers, body));
    std::vector<std::string_view> parameters;
    const auto match = routes_.match(method_of(method), target, parameters);
    INFO(method << " " << target << "\n" << answer.head << "\n" << answer.body);
    if (match.route != Router::no_route)
      CHECK(document_.problem_with(
                fmt::format("{} {}", method, routes_.routes()[match.route].pattern), answer.status,
                answer.header("Content-Type"), answer.body) == "");
    return answer;
  }
  boost::json::value order(std::string_view method, std::string_view target,
                           std::string_view body = {}, std::string_view headers = {}) {
    const auto answer = ask(method, target, body, headers);
    INFO(answer.body);
    REQUIRE(answer.status < 300);
    return answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body);
  }

  /// A webhook for everything that is said of kittens, from the beginning on; its id and secret.
  struct Made {
    std::string id, secret;
  };
  Made hook(const std::string& url, std::string_view more = R"("types":["kitten."])") {
    const auto made = order("POST", "/orrery/v1/webhooks",
                            fmt::format(R"({{"url":"{}","from":"1",{}}})", url, more));
    return {made.at("id").as_string().c_str(), made.at("secret").as_string().c_str()};
  }
  static std::string path(const std::string& id, std::string_view rest = {}) {
    return fmt::format("/orrery/v1/webhooks/{}{}", id, rest);
  }

  template <class Condition>
  static void await(const char* what, const Condition& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain until " << what);
      std::this_thread::yield();
    }
  }

  MemoryEventLog log;
  MovableClock clock;
  IdentityView identity;
  WebhookView webhooks;
  std::unique_ptr<SubjectKeys> subject_keys = SubjectKeys::in_memory();
  std::unique_ptr<CommandGateway> gateway;
  std::unique_ptr<WebhookDelivery> delivery;

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };
  /// Deliveries come and go while the log actor stays.
  struct Relay : CommitListener {
    void on_commit(const CommittedBatch& batch) override {
      if (auto* listener = to.load()) listener->on_commit(batch);
    }
    std::atomic<CommitListener*> to = nullptr;
  };

  static Method method_of(std::string_view name) {
    for (const auto method : {Method::get, Method::post, Method::delete_})
      if (to_string(method) == name) return method;
    return Method::other;
  }

  AdminContext admin_context() {
    AdminContext admin;
    admin.gateway = gateway.get();
    admin.identity = &identity;
    admin.webhooks = &webhooks;
    admin.webhook_delivery = delivery.get();
    admin.log = &log;
    admin.clock = &clock;
    admin.ids = &ids_;
    admin.subject_keys = subject_keys.get();
    admin.secret = secret_;
    return admin;
  }

  WebhookDeliverySettings settings_;
  Views views_;
  Relay relay_;
  SeededIdSource ids_{1};
  EdgeSecret secret_;
  OpenApiDocument document_{"http/native/openapi.json"};
  Router routes_;
  /// Replies of the gateway may still come to them.
  std::vector<std::unique_ptr<WebhookDelivery>> retired_;
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<HttpServer> server_;
  int kittens_ = 0;
};

}  // namespace orrery
