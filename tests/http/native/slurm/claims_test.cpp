#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "events/codec.hpp"
#include "http/auth/credential.hpp"
#include "http/native/slurm/claim_routes.hpp"
#include "http/server/server.hpp"
#include "storage/clock.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;

namespace {

constexpr std::string_view secret =
    "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7";

/// Moved by the test alone, and asked by many threads.
class ClaimClock : public Clock {
 public:
  Time now() const override { return Time(seconds_.load()); }
  void advance(std::chrono::seconds by) { seconds_ = seconds_.load() + by; }

 private:
  std::atomic<std::chrono::seconds> seconds_{std::chrono::seconds(1'700'000'000)};
};

/// The routes over actors and a memory log, where run "s.1" has been submitted once.
class ClaimServer {
 public:
  ClaimServer() {
    ControlPlaneConfiguration configuration;
    configuration.log = &log;
    configuration.clock = &clock;
    control_plane_ = std::make_unique<ControlPlane>(actors_, std::move(configuration));
    gateway_ = std::make_unique<CommandGateway>(actors_, control_plane_->bus());
    submit(1, secret);
    Router router;
    add_slurm_claim_routes(router, {gateway_.get(), &clock, [this] { ++hints; }});
    ServerConfiguration server;
    server.port = 0;
    server.threads = 1;
    server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
    server_->start();
  }
  ~ClaimServer() {
    server_->drain();
    control_plane_->stop();
    gateway_.reset();
  }

  void order(SlurmRun::Command command) {
    std::promise<bool> accepted;
    gateway_->submit<SlurmRun>(
        {"s.1", std::move(command), {"test", 0, ""}, {}},
        [&](const auto& outcome) { accepted.set_value(outcome && !outcome->rejection); });
    REQUIRE(accepted.get_future().get());
  }
  void submit(std::uint32_t attempt, std::string_view its_secret) {
    order(SlurmRun::RequestSubmit{{attempt, credential_digest_text(its_secret), "node"}});
  }

  WireAnswer post(const std::string& path, const std::string& body, std::string_view key = secret) {
    const auto credential = key.empty() ? "" : fmt::format("Authorization: Bearer {}\r\n", key);
    RawClient client(server_->port());
    auto answer = client.ask(fmt::format(
        "POST {} HTTP/1.1\r\nHost: a\r\n{}Content-Type: application/json\r\nContent-Length: "
        "{}\r\n\r\n{}",
        path, credential, body.size(), body));
    INFO(answer.head << "\n" << answer.body);
    CHECK(document.problem_with("POST " + path, answer.status, answer.header("Content-Type"),
                                answer.body) == "");
    CHECK(answer.body.find(secret) == std::string::npos);
    return answer;
  }
  WireAnswer claim(std::string_view claimant, std::uint32_t attempt = 1,
                   std::string_view key = secret, std::string_view run = "s.1") {
    return post("/orrery/v1/slurm/claims",
                fmt::format(R"({{"run":"{}","attempt":{},"slurm_job_id":7,"claimant":"{}",)"
                            R"("host":"a1"}})",
                            run, attempt, claimant),
                key);
  }

  MemoryEventLog log;
  ClaimClock clock;
  std::atomic<int> hints = 0;
  OpenApiDocument document{"http/native/openapi.json"};

 private:
  struct ActorSettings : caf::actor_system_config {
    ActorSettings() {
      configure_actors(*this);
      set("scheduler.max-threads", 2u);
    }
  };

  ActorSettings actor_settings_;
  caf::actor_system actors_{actor_settings_};
  std::unique_ptr<ControlPlane> control_plane_;
  std::unique_ptr<CommandGateway> gateway_;
  std::unique_ptr<HttpServer> server_;
};

std::string code_of(const WireAnswer& answer) {
  return boost::json::parse(answer.body).at("code").as_string().c_str();
}

}  // namespace

TEST_CASE("one job claims a run, and hears so again when it asks again") {
  ClaimServer server;
  const auto answer = server.claim("first");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"run":"s.1","attempt":1})");
  CHECK(server.log.version_of("slurm_run/s.1") == 2);
  CHECK(server.claim("first").status == 200);
  CHECK(server.log.version_of("slurm_run/s.1") == 2);
  const auto other = server.claim("second");
  CHECK(other.status == 409);
  CHECK(code_of(other) == "attempt_is_claimed");
}

TEST_CASE("who claims is in the log, and the secret isn't") {
  ClaimServer server;
  REQUIRE(server.claim("first").status == 200);
  std::vector<Event> events;
  (void)server.log.read_stream("slurm_run/s.1", 1, [&](const StoredEvent& stored) {
    CHECK(stored.payload.find(secret) == std::string::npos);
    events.push_back(record(stored).event);
    return true;
  });
  REQUIRE(events.size() == 2);
  CHECK(std::get<SlurmAttemptClaimed>(events[1]) == SlurmAttemptClaimed{1, 7, "first", "a1"});
}

TEST_CASE("a job whose attempt is lost or whose run is withdrawn may not run") {
  ClaimServer server;
  server.order(SlurmRun::ReportLost{1, "gone"});
  const auto lost = server.claim("late");
  CHECK(lost.status == 409);
  CHECK(code_of(lost) == "attempt_is_lost");
  server.submit(2, "another");
  CHECK(server.claim("late").status == 404);
  server.order(SlurmRun::Withdraw{});
  const auto withdrawn = server.claim("second", 2, "another");
  CHECK(withdrawn.status == 409);
  CHECK(code_of(withdrawn) == "run_is_withdrawn");
  server.order(SlurmRun::End{});
  CHECK(server.claim("second", 2, "another").status == 404);
}

TEST_CASE("without its secret nobody learns whether there is a run") {
  ClaimServer server;
  const auto wrong = server.claim("first", 1, "wrong");
  const auto absent = server.claim("first", 1, secret, "s.2");
  CHECK(wrong.status == 404);
  CHECK(wrong.body == absent.body);
  const auto none = server.claim("first", 1, "");
  CHECK(none.status == 401);
  CHECK(none.header("WWW-Authenticate") == "Bearer");
  CHECK(server.claim("first").status == 200);
}

TEST_CASE("claims that say too little or too much are refused") {
  ClaimServer server;
  const std::string path = "/orrery/v1/slurm/claims";
  CHECK(server.post(path, "{").status == 400);
  CHECK(server.post(path, R"({"run":"s.1","attempt":1})").status == 400);
  CHECK(server.post(path, R"({"run":"s.1","attempt":1,"claimant":""})").status == 400);
  CHECK(server.post(path, R"({"run":"s.1","attempt":0,"claimant":"a"})").status == 400);
  CHECK(server.post(path, R"({"run":"s.1","claimant":"a"})").status == 400);
  CHECK(server.claim(std::string(5'000, 'a')).status == 413);
}

TEST_CASE("an address that tries many secrets has to wait, and then may claim") {
  ClaimServer server;
  WireAnswer answer;
  for (int i = 0; i < 200 && answer.status != 429; ++i) answer = server.claim("first", 1, "wrong");
  CHECK(answer.status == 429);
  CHECK(!answer.header("Retry-After").empty());
  CHECK(server.claim("first").status == 429);
  server.clock.advance(std::chrono::seconds(2));
  CHECK(server.claim("first").status == 200);
}

TEST_CASE("old jobs that come back don't make an address wait") {
  ClaimServer server;
  server.order(SlurmRun::ReportLost{1, "gone"});
  server.submit(2, "another");
  for (int i = 0; i < 200; ++i) REQUIRE(server.claim("late").status == 404);
  CHECK(server.claim("second", 2, "another").status == 200);
  server.order(SlurmRun::End{});
  for (int i = 0; i < 200; ++i) REQUIRE(server.claim("later", 2, "another").status == 404);
}

TEST_CASE("hints and claims make the driver look, and many hints at once make it look once") {
  ClaimServer server;
  const std::string path = "/orrery/v1/slurm/hints";
  for (int i = 0; i < 10; ++i) CHECK(server.post(path, "{}", "").status == 204);
  CHECK(server.hints == 1);
  server.clock.advance(std::chrono::seconds(1));
  CHECK(server.post(path, "{}").status == 204);
  CHECK(server.hints == 2);
  CHECK(server.claim("first").status == 200);
  CHECK(server.hints == 3);
}
