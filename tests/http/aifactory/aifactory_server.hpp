#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>
#include <caf/all.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/aifactory/routes.hpp"
#include "http/aifactory/service_logs.hpp"
#include "http/aifactory/service_targets.hpp"
#include "http/recipes/recipe_book.hpp"
#include "http/server/server.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/services/service_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// A whole server of the AI-factory dialect for one test, with the recipes that we ship: real
/// actors, views and HTTP over a memory log; a standing clock and seeded ids, so that the same
/// requests get the same answers byte for byte. No driver runs: the test itself says how services
/// fare. Every answer is checked against the OpenAPI document.
class AifactoryServer {
 public:
  struct Setup {
    /// That requests must carry; empty: none, as on loopback.
    std::string token = {};
    const ServiceTargets* targets = nullptr;
    UpstreamClient* upstream = nullptr;
  };

  explicit AifactoryServer(const Setup& setup);
  AifactoryServer() : AifactoryServer(Setup{}) {}
  ~AifactoryServer();

  /// Header lines that are sent besides `Host`; a body goes as JSON where none of them says
  /// otherwise.
  using Headers = std::vector<std::string>;
  /// `target` is whole, such as "/api/v1/services".
  WireAnswer ask(std::string_view method, std::string_view target, std::string_view body = {},
                 Headers headers = {});
  /// Bodies of answers, which have this status.
  boost::json::value get(std::string_view target, unsigned status = 200);
  boost::json::value post(std::string_view target, std::string_view body, unsigned status = 200);
  boost::json::value delete_(std::string_view target, unsigned status = 200);

  /// Creates a service of the recipe, and returns its id. `config` is JSON.
  std::string create(std::string_view recipe_name, std::string_view config = "{}");

  /// A node of the cluster, ready.
  void add_node(const std::string& id, std::uint32_t gpu_count);

  /// What a driver would say.
  void launch(const std::string& id, std::uint16_t port);
  void be_ready(const std::string& id);
  void exit_by(const std::string& id, std::uint32_t signal);
  /// Launches it, and it is ready.
  void run(const std::string& id, std::uint16_t port);
  void await_status(const std::string& id, std::string_view status);
  /// Waits until placement has said that it has no room for it.
  void await_reason(const std::string& id);

  void write_logs(const std::string& id, ServiceOutput output);

  /// Sends a command, which must be accepted.
  template <class A>
  void command(std::string id, typename A::Command command);

  std::uint16_t port() const { return server_->port(); }

  /// A clock that only a test moves.
  class StandingClock : public Clock {
   public:
    Time now() const override { return Time{std::chrono::microseconds(1'763'761'430'123'456)}; }
  };

  StandingClock clock;
  MemoryEventLog log;
  IdentityView identity;
  ServiceView services;
  RecipeBook recipes;
  std::unique_ptr<CommandGateway> gateway;

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };
  /// Logs as a test has written them.
  class WrittenLogs : public ServiceLogs {
   public:
    ServiceOutput output_of(const ServiceDetails& service, std::size_t bytes_max) const override;
    void write(const std::string& id, ServiceOutput output);

   private:
    mutable std::mutex mutex_;
    std::map<std::string, ServiceOutput> outputs_;
  };

  AifactoryContext context(const Setup& setup);
  /// Waits until a driver would be told to start it.
  std::uint64_t await_fence(const std::string& id);

  Views views_;
  WrittenLogs logs_;
  SeededIdSource ids_{1};
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  OpenApiDocument document_{"http/aifactory/openapi.json"};
  /// To find out which route a request took.
  Router routes_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orrery
