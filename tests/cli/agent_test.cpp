#include "cli/agent.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "http/server/server.hpp"

namespace orrery {
namespace {

/// What a test's server says on the stream of work; then it waits for ever, or ends.
class Lines : public ResponseStream {
 public:
  Lines(std::string text, bool is_ended) : text_(std::move(text)), is_ended_(is_ended) {}
  Next pull(std::string& out) override {
    constexpr std::size_t some = 64 * 1024;
    out.append(text_, given_, some);
    given_ = std::min(given_ + some, text_.size());
    if (given_ < text_.size()) return Next::more;
    return is_ended_ ? Next::end : Next::wait;
  }

 private:
  std::string text_;
  bool is_ended_;
  std::size_t given_ = 0;
};

/// A server that says what a test wants, and an agent in front of a model that echoes.
struct AgentFixture {
  AgentFixture() {
    Router router;
    router.add(Method::get, "/orrery/v1/agent/work", [this](const Request&, Responder respond) {
      ++stream_count;
      if (status != 200) return respond(plain(status));
      Response head;
      respond(std::move(head), std::make_shared<Lines>(said, is_ended));
    });
    router.add(Method::post, "/orrery/v1/agent/heartbeat",
               [this](const Request&, Responder respond) { respond(plain(status)); });
    router.add(Method::post, "/orrery/v1/agent/work/{id}",
               [this](const Request& request, Responder respond) {
                 const std::lock_guard lock(mutex);
                 deliveries.emplace_back(request.body);
                 changed.notify_all();
                 // The first one gets lost.
                 respond(plain(deliveries.size() == 1 ? 503 : 204));
               });
    ServerConfiguration configuration;
    configuration.port = 0;
    configuration.threads = 1;
    server = std::make_unique<HttpServer>(std::move(configuration), std::move(router));
    server->start();
  }
  ~AgentFixture() { server->drain(); }

  static Response plain(unsigned status) {
    Response response;
    response.status = status;
    response.body = status == 204 ? "" : R"({"approved":true,"heartbeat_s":1})";
    return response;
  }

  Agent make_agent() {
    AgentConfiguration configuration;
    configuration.server_url = fmt::format("http://127.0.0.1:{}", server->port());
    configuration.node_token = "token";
    configuration.backoff_first = std::chrono::milliseconds(1);
    configuration.backoff_max = std::chrono::milliseconds(4);
    AgentHands hands;
    hands.ask = [](const std::string&, const std::string& question,
                   const std::shared_ptr<gpushare::TokenSink>& sink) {
      sink->piece(question + "!");
      sink->end(1);
      return std::shared_ptr<gpushare::ModelCall>();
    };
    hands.log = [this](std::string_view line) {
      const std::lock_guard lock(mutex);
      log.emplace_back(line);
      changed.notify_all();
    };
    return Agent(std::move(configuration), std::move(hands));
  }

  template <class Condition>
  void wait_until(const Condition& condition) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(20), condition));
  }
  bool has_logged(std::string_view words) const {
    return std::any_of(log.begin(), log.end(), [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    });
  }

  std::string said;
  bool is_ended = false;
  std::atomic<unsigned> status = 200;
  std::atomic<unsigned> stream_count = 0;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> deliveries;
  std::vector<std::string> log;
  std::unique_ptr<HttpServer> server;
};

TEST_CASE_METHOD(AgentFixture,
                 "an agent answers what it is asked, and says it again where that is lost") {
  said = "{\"node\":\"17\"}\n{\"work\":\"w\",\"model\":\"m\",\"question\":\"Why\",\"first\":0}\n";
  auto agent = make_agent();
  auto end = std::async(std::launch::async, [&] { return agent.run(); });
  wait_until([&] { return deliveries.size() >= 2; });
  agent.stop();
  CHECK(end.get() == Agent::End::stopped);
  CHECK(deliveries.back() == R"({"first":0,"pieces":["Why!"],"end":{"tokens":1}})");
  CHECK(deliveries.size() == 2);
}

TEST_CASE_METHOD(AgentFixture, "work that another run had begun is given back") {
  said = "{\"node\":\"17\"}\n{\"work\":\"w\",\"model\":\"m\",\"question\":\"Why\",\"first\":3}\n";
  auto agent = make_agent();
  auto end = std::async(std::launch::async, [&] { return agent.run(); });
  wait_until([&] { return deliveries.size() >= 2; });
  agent.stop();
  end.get();
  CHECK(deliveries.back() == R"({"first":0,"pieces":[],"error":"failed"})");
}

TEST_CASE_METHOD(AgentFixture, "an agent ends where its token is dead") {
  status = 401;
  auto agent = make_agent();
  CHECK(agent.run() == Agent::End::token_refused);
}

TEST_CASE_METHOD(AgentFixture, "an agent that is replaced ends") {
  said = "{\"node\":\"17\"}\n{\"replaced\":true}\n";
  is_ended = true;
  auto agent = make_agent();
  CHECK(agent.run() == Agent::End::replaced);
}

TEST_CASE_METHOD(AgentFixture, "an agent comes back, also from a line without an end") {
  said = std::string(9u << 20, 'x');
  auto agent = make_agent();
  auto end = std::async(std::launch::async, [&] { return agent.run(); });
  wait_until([&] { return has_logged("too long") && stream_count >= 2; });
  agent.stop();
  CHECK(end.get() == Agent::End::stopped);
}

}  // namespace
}  // namespace orrery
