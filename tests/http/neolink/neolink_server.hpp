#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>
#include <caf/all.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/neolink/routes.hpp"
#include "http/server/server.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/instances/instance_view.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/volumes/volume_view.hpp"
#include "projections/wallets/wallet_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// A whole server of the NeoLink dialect for one test: real actors, views and HTTP over a memory
/// log; a standing clock, which begins at the time of the document's create, and seeded ids, so
/// that the same requests get the same answers byte for byte. No driver runs: the test itself says
/// when an instance has started or stopped. Every answer is checked against the OpenAPI document.
class NeolinkServer {
 public:
  /// A customer and the token of its namespace.
  struct Customer {
    std::string namespace_id;
    std::string token;
  };

  NeolinkServer();
  ~NeolinkServer();

  /// What a request may say besides its method and target.
  struct Asking {
    std::string body = {};
    /// Header lines, "namespace" and "Authorization" included.
    std::vector<std::string> headers = {};
  };
  /// `target` follows the root of the API.
  WireAnswer ask(std::string_view method, std::string_view target, const Asking& asking);
  /// The same as a customer, with what further header lines it sends.
  WireAnswer ask_as(const Customer& customer, std::string_view method, std::string_view target,
                    std::string body = {}, std::vector<std::string> headers = {});

  /// As the first customer: the body of the answer, which has this status.
  boost::json::value get(std::string_view target, unsigned status = 200);
  boost::json::value post(std::string_view target, std::string body, unsigned status = 200);
  boost::json::value delete_(std::string_view target, unsigned status = 200);

  /// "/clusters/host-cluster/instances" and what follows.
  static std::string instances(std::string_view rest = {});
  /// The body of the document's create, with what `change` makes of it.
  static std::string create_body(const std::function<void(boost::json::object&)>& change =
                                     [](auto&) {});
  /// Creates an instance like the document's, and returns its name.
  std::string create(const std::function<void(boost::json::object&)>& change = [](auto&) {});
  /// Creates one, which then runs.
  std::string create_running();

  void add_node(const std::string& id, std::uint32_t gpu_count);
  void top_up(std::int64_t amount_fen);
  void grant_coupon(const std::string& id, std::int64_t amount_fen, std::int64_t expires_at_s);
  /// The instance is charged for so many hours from now on.
  void charge_hours(const std::string& name, std::int64_t hours);
  std::int64_t balance_fen() const { return wallets.find(customer.namespace_id)->balance_fen; }
  std::int64_t now_s() const;

  /// Those who create there wait where the cluster is full.
  void let_creates_wait();
  void withdraw_sku(const std::string& id);

  /// What a driver would say.
  void finish_start(const std::string& name);
  void finish_stop(const std::string& name);
  /// Waits until what was ordered is being made.
  void await_requested(const std::string& name);
  /// Waits until the instance has this status, or is gone ("").
  void await_status(const std::string& name, std::string_view status);

  /// A clock that only a test moves.
  class StandingClock : public Clock {
   public:
    Time now() const override { return Time{std::chrono::microseconds(microseconds_.load())}; }
    void advance(std::chrono::seconds by) {
      microseconds_ += std::chrono::duration_cast<std::chrono::microseconds>(by).count();
    }

   private:
    std::atomic<std::int64_t> microseconds_ = 1'725'273'273'000'000;
  };

  StandingClock clock;
  MemoryEventLog log;
  IdentityView identity;
  AvailabilityView availability;
  CatalogueView catalogue;
  InstanceView instance_view;
  VolumeView volumes;
  WalletView wallets;
  OffersView offers;
  const Customer customer{"xxx", "nlk_first"};
  const Customer stranger{"yyy", "nlk_second"};
  std::unique_ptr<CommandGateway> gateway;

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };

  /// Sends a command, which must be accepted.
  template <class A, class C>
  void command(std::string id, C command);

  NeolinkContext context();
  void declare_catalogue();
  void open(const Customer& customer);

  Views views_;
  SeededIdSource ids_{1};
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  OpenApiDocument document_{"http/neolink/openapi.json"};
  /// To find out which route a request took.
  Router routes_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orrery
