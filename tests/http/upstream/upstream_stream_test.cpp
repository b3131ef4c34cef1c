#include <atomic>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "http/server/server.hpp"
#include "http/upstream/upstream_client.hpp"
#include "tests/http/server/raw_client.hpp"
#include "tests/http/upstream/scripted_upstream.hpp"

using namespace orrery;

namespace {

template <class Condition>
void wait_until(const std::string& what, const Condition& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("waited in vain until " << what);
    std::this_thread::yield();
  }
}

/// A server whose one route passes on what an upstream says.
class PassingServer {
 public:
  explicit PassingServer(UpstreamTarget target, UpstreamLimits limits = {})
      : client(limits),
        server_({.address = "127.0.0.1",
                 .port = 0,
                 .threads = 2,
                 .limits = {},
                 .tls = {},
                 .metrics = {}},
                router(std::move(target))) {
    server_.start();
  }

  std::uint16_t port() const { return server_.port(); }

  UpstreamClient client;

 private:
  Router router(UpstreamTarget target) {
    Router routes;
    routes.add(
        Method::get, "/stream",
        [this, target](const Request&, Responder respond) {
          UpstreamRequest request;
          request.path = "/";
          request.is_wanted = [respond] { return respond.is_wanted(); };
          request.fault_event = [](const UpstreamFault& fault) {
            return "data: broken, " + fault.message + "\n\n";
          };
          client.ask(target, std::move(request), [respond](UpstreamResult result) {
            Response response;
            if (!result) {
              response.status = 502;
              return respond(std::move(response));
            }
            response.content_type = result->content_type;
            if (result->stream) return respond(std::move(response), std::move(result->stream));
            response.body = std::move(result->body);
            respond(std::move(response));
          });
        },
        Patience::long_);
    return routes;
  }

  HttpServer server_;
};

std::string event(std::size_t number) { return fmt::format("data: {}\n\n", number); }

/// Takes the framing of chunks out of a body.
std::string unchunked(std::string_view bytes) {
  std::string body;
  bytes.remove_prefix(bytes.find("\r\n\r\n") + 4);
  while (!bytes.empty()) {
    const auto size = std::stoul(std::string(bytes.substr(0, bytes.find("\r\n"))), nullptr, 16);
    if (size == 0) break;
    bytes.remove_prefix(bytes.find("\r\n") + 2);
    body += bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
  }
  return body;
}

}  // namespace

TEST_CASE("a stream's events reach the client as they come") {
  std::promise<void> goes_on;
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    connection.request();
    connection.send(event_stream_head);
    connection.send(event(1));
    goes_on.get_future().get();
    connection.send(event(2));
  });
  PassingServer server(upstream.target());
  RawClient client(server.port());
  client.send(get("/stream"));
  CHECK(client.read_until("data: 1\n\n").find("text/event-stream") != std::string::npos);
  goes_on.set_value();
  CHECK(unchunked(client.read_until("0\r\n\r\n")) == event(1) + event(2));
}

TEST_CASE("a stream that breaks ends with an event that says so") {
  ScriptedUpstream upstream([](ScriptedConnection& connection) {
    connection.request();
    connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    connection.send("9\r\ndata: 1\n\n\r\n20\r\ndata: {\"cut");
  });
  PassingServer server(upstream.target());
  RawClient client(server.port());
  client.send(get("/stream"));
  CHECK(unchunked(client.read_until("0\r\n\r\n")) ==
        event(1) +
            "data: broken, The model server closed the connection before its answer was "
            "complete\n\n");
}

TEST_CASE("a stream that falls silent ends with an event that says so") {
  ScriptedUpstream upstream([](ScriptedConnection& connection) {
    connection.request();
    connection.send(event_stream_head);
    connection.send(event(1));
    connection.await_end();
  });
  UpstreamLimits limits;
  limits.quiet_timeout = std::chrono::milliseconds(100);
  PassingServer server(upstream.target(), limits);
  RawClient client(server.port());
  client.send(get("/stream"));
  CHECK(unchunked(client.read_until("0\r\n\r\n")) ==
        event(1) + "data: broken, The model server took too long to answer\n\n");
}

TEST_CASE("a client that goes ends the upstream's work") {
  std::promise<void> has_gone;
  const bool is_streamed = GENERATE(true, false);
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    connection.request();
    if (is_streamed) connection.send(std::string(event_stream_head) + event(1));
    connection.await_end();
    has_gone.set_value();
  });
  PassingServer server(upstream.target());
  {
    RawClient client(server.port());
    client.send(get("/stream"));
    if (is_streamed) client.read_until("data: 1\n\n");
    wait_until("the upstream is asked", [&] { return upstream.connection_count() == 1; });
  }
  has_gone.get_future().get();
}

TEST_CASE("while a client is slow, the upstream isn't read from, and nothing is lost") {
  constexpr std::size_t event_count = 2'000'000;
  std::string all;
  for (std::size_t i = 0; i < event_count; ++i) all += event(i);
  std::promise<std::size_t> blocked_at;
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    connection.request();
    connection.send(event_stream_head);
    const auto sent = connection.send_until_blocked(all);
    blocked_at.set_value(sent);
    connection.send(std::string_view(all).substr(sent));
  });
  PassingServer server(upstream.target());
  RawClient client(server.port());
  const int receive_bytes = 64 * 1024;
  ::setsockopt(client.socket().native_handle(), SOL_SOCKET, SO_RCVBUF, &receive_bytes,
               sizeof receive_bytes);
  client.send(get("/stream"));
  // What stands between them: our 64 KiB, what a write has gathered, and the kernel's buffers.
  CHECK(blocked_at.get_future().get() < all.size() / 2);
  while (!client.received().ends_with("\r\n0\r\n\r\n") && client.receive_more()) {
  }
  CHECK(unchunked(client.received()) == all);
}

TEST_CASE("five hundred streams at once") {
  constexpr std::size_t stream_count = 500, event_count = 20;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t open_count = 0;
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    connection.request();
    connection.send(event_stream_head);
    {
      // Nobody goes on before all of them stand.
      std::unique_lock lock(mutex);
      ++open_count;
      changed.notify_all();
      changed.wait(lock, [&] { return open_count == stream_count; });
    }
    for (std::size_t i = 0; i < event_count; ++i) connection.send(event(i));
  });
  PassingServer server(upstream.target());
  std::string expected;
  for (std::size_t i = 0; i < event_count; ++i) expected += event(i);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < stream_count; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get("/stream"));
  }
  std::size_t complete_count = 0;
  for (auto& client : clients)
    if (unchunked(client->read_until("0\r\n\r\n")) == expected) ++complete_count;
  CHECK(complete_count == stream_count);
  wait_until("no stream is left", [&] { return server.client.figures().stream_count == 0; });
}
