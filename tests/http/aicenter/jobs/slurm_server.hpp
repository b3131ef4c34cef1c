#pragma once

#include <atomic>
#include <functional>
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
#include "http/aicenter/array_settlements.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/slurm_tokens.hpp"
#include "http/server/server.hpp"
#include "projections/center/center_view.hpp"
#include "projections/jobs/job_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/runtime/views.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// Slurm's routes with all that is behind them but drivers: the rules, the scheduler and the job
/// process over a memory log. Two nodes with four A100 each, one partition of each class, users kim
/// (class A), lee (class B) and root, an administrator. Every answer is checked against the
/// document.
class SlurmServer {
 public:
  SlurmServer();
  ~SlurmServer();

  using Headers = std::vector<std::string>;
  Headers as(const std::string& user) const;
  WireAnswer ask(std::string_view method, std::string_view target, const Headers& who,
                 const std::string& body = {});
  /// The body of an answer with this status.
  boost::json::value send(std::string_view method, std::string_view target, const Headers& who,
                          const std::string& body, unsigned status = 200);

  /// Id of the job with these words beside an environment and a time limit of an hour, such as
  /// `"gres":"gpu:a100:1"`.
  std::uint32_t submit(const std::string& user, const std::string& words);
  /// The body that does it.
  static std::string submission(const std::string& words,
                                const std::string& script = "#!/bin/sh\\ntrue\\n");
  /// What GET shows of one.
  boost::json::object job(std::uint32_t id, const std::string& user = "kim");

  template <class A, class C>
  bool accepts(std::string id, C wanted) {
    std::promise<bool> accepted;
    gateway->submit<A>({std::move(id), std::move(wanted), Origin{"test", 0, "test"}, {}},
                       [&](const auto& outcome) {
                         accepted.set_value(outcome.has_value() && !outcome->rejection);
                       });
    return accepted.get_future().get();
  }

  /// What the routes work with.
  AicenterContext context();

  /// Waits until the scheduler has found it a place, and lets it start as a driver would.
  void run(std::uint32_t id);
  void wait_for(std::uint32_t id, JobStatus status);

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
  JobView jobs;
  NodeView nodes;
  batch::ForecastBoard forecasts;
  aicenter::ArraySettlements arrays;
  std::unique_ptr<SubjectKeys> subject_keys = SubjectKeys::in_memory();
  aicenter::SlurmTokens tokens{"a key of at least sixteen bytes"};
  std::unique_ptr<CommandGateway> gateway;

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };
  void furnish();

  Views views_;
  SeededIdSource ids_{1};
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  /// To find out which route a request took.
  Router routes_;
  OpenApiDocument document_{"http/aicenter/openapi.json"};
  std::unique_ptr<HttpServer> server_;
};

}  // namespace orrery
