#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/batch/forecast.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/slurm_tokens.hpp"
#include "http/auth/bootstrap.hpp"
#include "http/auth/password_pool.hpp"
#include "http/native/event_feed.hpp"
#include "http/server/server.hpp"
#include "projections/center/center_view.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/runtime/views.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// A policy of three nodes, two partitions, two classes and two qualities of service.
BatchPolicy small_policy();

/// The center's own routes, the cluster's and the accounting's for one test. People, teams, notices
/// and the policy are aggregates behind real actors and a memory log; jobs and machines are what
/// the test says has happened to them. A clock that only the test moves.
class CenterServer {
 public:
  CenterServer();
  ~CenterServer();

  /// Header lines that say who asks.
  using Headers = std::vector<std::string>;
  Headers as(const std::string& user) const;
  Headers as_operator() const { return {"Authorization: Bearer " + tenant.operator_key}; }

  /// Every answer of a route is checked against its document.
  WireAnswer ask(std::string_view method, std::string_view target, const Headers& who,
                 const std::string& body = {});
  /// The body of an answer with this status.
  boost::json::value get(std::string_view target, const Headers& who, unsigned status = 200);
  boost::json::value send(std::string_view method, std::string_view target, const Headers& who,
                          const std::string& body, unsigned status = 200);

  /// "GET /orrery/v1/center/me" for each route below a path, sorted.
  std::vector<std::string> served(std::string_view root) const;

  template <class A, class C>
  void command(std::string id, C wanted) {
    std::promise<bool> accepted;
    gateway->submit<A>({std::move(id), std::move(wanted), Origin{"test", 0, "test"}, {}},
                       [&](const auto& outcome) {
                         accepted.set_value(outcome.has_value() && !outcome->rejection);
                       });
    REQUIRE(accepted.get_future().get());
  }
  /// An approved user, whose team is made where it isn't there.
  void has_user(const std::string& name, const std::string& team = "vision",
                CenterRole role = CenterRole::none, const std::string& class_name = "A");
  void has_team(const std::string& name, const CenterTeamSet& team = {});
  void goes_by(const BatchPolicy& policy);

  /// To a job or a machine, of which no actor knows.
  void happened(const std::string& stream, Event event);
  /// A node of the cluster that is ready.
  void has_node(const std::string& id, const std::string& gpu_model, std::uint32_t gpu_count,
                std::uint32_t cpu_count, std::uint32_t memory_mib);
  /// Of user kim and team vision, in partition p1, for an hour on one node.
  static JobSpecification specification(const std::string& name, std::uint32_t gpus = 1);
  void submitted(std::uint32_t id, const JobSpecification& specification);
  /// On one node with its first GPUs.
  void started(std::uint32_t id, const std::string& node, const std::vector<std::uint32_t>& gpus);
  void ended(std::uint32_t id, JobOutcome outcome, std::uint32_t exit_code,
             const std::string& reason = "None");

  class StandingClock : public Clock {
   public:
    Time now() const override { return Time{std::chrono::microseconds(microseconds_.load())}; }
    void advance(std::chrono::seconds by) {
      microseconds_ += std::chrono::duration_cast<std::chrono::microseconds>(by).count();
    }

   private:
    /// 2026-03-01T12:00:00Z.
    std::atomic<std::int64_t> microseconds_ = 1'772'366'400'000'000;
  };
  static constexpr std::int64_t start_s = 1'772'366'400;

  StandingClock clock;
  MemoryEventLog log;
  CenterView center;
  IdentityView identity;
  JobView jobs;
  NodeView nodes;
  batch::ForecastBoard forecasts;
  EventFeed feed{log};
  std::unique_ptr<SubjectKeys> subject_keys = SubjectKeys::in_memory();
  aicenter::SlurmTokens tokens{"a key of at least sixteen bytes"};
  BootstrapCredentials tenant;
  std::unique_ptr<CommandGateway> gateway;
  std::uint16_t port() const { return server_->port(); }

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };
  AicenterContext context();

  Views views_;
  SeededIdSource ids_{1};
  PasswordPool passwords_{PasswordPoolConfiguration{1, 8, 1, 8192}};
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  Position position_ = 0;
  /// To find out which route a request took.
  Router routes_;
  OpenApiDocument document_{"http/native/openapi.json"};
  OpenApiDocument slurm_document_{"http/aicenter/openapi.json"};
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orrery
