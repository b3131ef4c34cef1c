#pragma once

#include <atomic>
#include <future>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/auth/bootstrap.hpp"
#include "http/auth/password_pool.hpp"
#include "http/history/hindsight.hpp"
#include "http/mkinf/routes.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/server/server.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/disks/disk_view.hpp"
#include "projections/firewall_rules/firewall_rule_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/metering/metering_view.hpp"
#include "projections/networks/network_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/operations/operation_view.hpp"
#include "projections/quotas/quota_view.hpp"
#include "projections/reservations/reservation_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/simulated_clusters/simulated_cluster_view.hpp"
#include "projections/slurm/slurm_view.hpp"
#include "projections/vms/vm_view.hpp"
#include "projections/volumes/volume_view.hpp"
#include "projections/wallets/wallet_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// A clock that only a test moves. It starts at the time of the document's operation.
class TestClock : public Clock {
 public:
  Time now() const override { return Time{std::chrono::microseconds(microseconds_.load())}; }
  void advance(std::chrono::seconds by) {
    microseconds_ += std::chrono::duration_cast<std::chrono::microseconds>(by).count();
  }

 private:
  std::atomic<std::int64_t> microseconds_ = 1'718'553'161'000'000;
};

/// What a request may say besides its method and target.
struct Asking {
  std::string body;
  /// The credential; empty for none.
  std::string key;
  /// Further header lines.
  std::vector<std::string> headers;
};

/// A whole server for one test: real actors, views and HTTP over a memory log; a standing clock and
/// seeded ids, so that the same requests get the same answers byte for byte. No driver runs: the
/// test itself says when a VM has started or stopped. Serves Crusoe's names and the administration
/// too. Every answer is checked against the OpenAPI document of its dialect.
class MkinfServer {
 public:
  MkinfServer();
  ~MkinfServer();

  WireAnswer ask(std::string_view method, std::string_view target, const Asking& asking);

  /// The same with the access key of the first tenant, and the body of the answer as JSON.
  boost::json::value get(std::string_view target, unsigned status = 200);
  boost::json::value post(std::string_view target, std::string body, unsigned status = 200);
  boost::json::value patch(std::string_view target, std::string body, unsigned status = 200);
  boost::json::value delete_(std::string_view target, unsigned status = 200);

  /// "/v0.1/projects/<the first tenant's project>" and what follows.
  std::string in_project(std::string_view rest) const;

  /// Creates a VM and returns its id and that of its operation.
  struct Created {
    std::string vm_id;
    std::string operation_id;
  };
  Created create_vm(std::string_view name, std::string_view type = "l40s-48gb.2x");

  /// Quotas of the first tenant's project.
  void set_quota(const ProjectLimits& limits);

  /// What an hour of a product costs, from now on.
  void set_price(const PriceChanged& price);

  /// Waits until the first tenant's project has its network, with a subnet at each location.
  void await_default_network();

  /// A node of the cluster at us-east1-a that is ready, with its GPUs.
  void add_node(const std::string& id, std::uint32_t gpu_count,
                const std::string& gpu_model = "L40S-48GB");

  /// What a driver would say: after 12 s the placed VM runs; after 5 s the deleted one is gone; the
  /// node is lost.
  void await_placed(const std::string& vm_id);
  void finish_start(const std::string& vm_id);
  void finish_stop(const std::string& vm_id);
  /// The same for a VM that was switched off, or booted anew for the `number`th time.
  void finish_power_off(const std::string& vm_id);
  void finish_reset(const std::string& vm_id, std::uint64_t number);
  VmState await_state(const std::string& vm_id, VmState state);
  void lose_node(const std::string& id);

  /// Sends a command past the edge, which must not be refused.
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

  /// The operation as it ended; waits for that. It is one of this collection.
  boost::json::value ended(const std::string& operation_id, std::string_view collection = "/vms");
  /// The same of the operation in an answer that started it.
  boost::json::value end_of(const boost::json::value& started,
                            std::string_view collection = "/vms");

  TestClock clock;
  MemoryEventLog log;
  IdentityView identity;
  VmView vms;
  OperationView operations;
  AvailabilityView availability;
  CatalogueView catalogue;
  DiskView disks;
  NetworkView networks;
  FirewallRuleView firewall_rules;
  QuotaView quotas;
  MeteringView metering;
  ReservationView reservations;
  NodeView nodes;
  SimulatedClusterView simulated_clusters;
  SlurmView slurm;
  OffersView offers;
  VolumeView volumes;
  WalletView wallets;
  /// Two tenants that know nothing of each other.
  BootstrapCredentials tenant;
  BootstrapCredentials stranger;
  std::unique_ptr<PasswordPool> passwords;
  std::unique_ptr<CommandGateway> gateway;
  std::unique_ptr<SubjectKeys> subject_keys;
  /// Answers `as_of`.
  std::shared_ptr<Hindsight> hindsight;

  /// Last event that every view has folded.
  Position applied() const { return views_.applied(); }
  /// Another one over the same log, which opens one router: the one of the routes that it answers.
  std::shared_ptr<Hindsight> make_hindsight();
  void add_short_paths(Hindsight& past);
  Router make_router(Hindsight& past);

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };

  MkinfContext context();
  AdminContext admin_context(const MkinfContext& shared);
  void declare_catalogue();

  Views views_;
  SeededIdSource ids_{1};
  EdgeSecret secret_;
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  OpenApiDocument document_{"http/mkinf/openapi.json"};
  OpenApiDocument crusoe_document_{"http/crusoe/openapi.json"};
  OpenApiDocument native_document_{"http/native/openapi.json"};
  /// By VM: the highest one with which it has run.
  std::map<std::string, std::uint64_t> started_fences_;
  /// To find out which route a request took.
  Router routes_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orrery
