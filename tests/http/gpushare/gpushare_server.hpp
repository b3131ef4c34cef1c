#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "http/auth/credential_cache.hpp"
#include "http/auth/password_pool.hpp"
#include "http/gpushare/key_erasures.hpp"
#include "http/gpushare/routes.hpp"
#include "http/gpushare/settlements.hpp"
#include "http/server/server.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/inferences/inference_view.hpp"
#include "projections/runtime/views.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/subject_keys.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

namespace orrery {

/// A whole server of the GPU-sharing dialect for one test: real actors, processes, views and HTTP
/// over a memory log; a standing clock, seeded ids, and passwords that are cheap to hash. Every
/// answer of a documented route is checked against the OpenAPI document.
class GpushareServer {
 public:
  /// `adjust` may set what isn't there by itself: nodes, mail, Google, a link.
  explicit GpushareServer(const std::function<void(GpushareContext&)>& adjust = {});
  ~GpushareServer();

  /// What a request may say besides its method and target.
  struct Asking {
    std::string body = {};
    /// Header lines.
    std::vector<std::string> headers = {};
  };
  WireAnswer ask(std::string_view method, std::string_view target, const Asking& asking);

  /// Somebody who has registered.
  struct Person {
    std::string id;
    std::string username;
    std::string email;
    std::string password;
    std::string token;
    std::string device_token;

    std::string authorization() const { return "Authorization: Token " + token; }
    std::string basic() const;
  };
  /// As `username`, with "<username>@example.com" and a password of his own.
  Person register_person(const std::string& username);
  /// He has this role from now on, as only an operator can say.
  void give_role(const Person& person, ClientRole role);
  void approve(const Person& person);

  /// By his token: the answer, whose body is JSON where it has one.
  WireAnswer ask_as(const Person& person, std::string_view method, std::string_view target,
                    std::string body = {}, std::vector<std::string> headers = {});
  /// The body of the answer, which has this status.
  boost::json::value get(const Person& person, std::string_view target, unsigned status = 200);
  boost::json::value post(const Person& person, std::string_view target, std::string body,
                          unsigned status = 201);
  /// As nobody.
  boost::json::value post(std::string_view target, std::string body, unsigned status = 201);

  /// Sends a command, which must be accepted.
  template <class A, class C>
  void command(std::string id, C wanted) {
    std::promise<bool> accepted;
    gateway->submit<A>({std::move(id), std::move(wanted), Origin{"test", 0, "test"}, {}},
                       [&](const auto& outcome) {
                         accepted.set_value(outcome.has_value() && !outcome->rejection);
                       });
    REQUIRE(accepted.get_future().get());
  }

  /// Checks an answer against the document.
  void check(std::string_view method, std::string_view target, const WireAnswer& answer) const;

  std::uint16_t port() const { return server_->port(); }
  /// Everything the server works with.
  const GpushareContext& context() const { return context_; }

  /// A clock that only a test moves.
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

  StandingClock clock;
  MemoryEventLog log;
  ClientView clients;
  SharingView sharing;
  InferenceView inferences;
  gpushare::Settlements settlements;
  std::unique_ptr<SubjectKeys> subject_keys = SubjectKeys::in_memory();
  KeyErasures erasures{clients, *subject_keys};
  PasswordPool passwords{
      {.thread_count = 2, .job_count_max = 256, .operation_limit = 1, .memory_bytes = 8192}};
  CredentialCache credentials;
  std::unique_ptr<CommandGateway> gateway;
  /// Called when no request is answered any more, and commands still are.
  std::function<void()> on_drained;

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };

  Views views_;
  SeededIdSource ids_{1};
  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  std::optional<OpenApiDocument> document_;
  GpushareContext context_;
  /// To find out which route a request took.
  Router routes_;
  std::unique_ptr<HttpServer> server_;
};

/// The body, which is JSON, of an answer with this status.
boost::json::value json_of(const WireAnswer& answer, unsigned status);

/// Waits for what other threads are about to do; fails after ten seconds.
void wait_until(const std::string& what, const std::function<bool()>& condition);

}  // namespace orrery
