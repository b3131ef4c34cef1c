#include "http/upstream/upstream_client.hpp"

#include <future>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/http/upstream/scripted_upstream.hpp"

using namespace orrery;
using std::chrono::milliseconds;

namespace {

std::future<UpstreamResult> ask(UpstreamClient& client, UpstreamTarget target,
                                UpstreamRequest request) {
  auto promise = std::make_shared<std::promise<UpstreamResult>>();
  auto future = promise->get_future();
  client.ask(std::move(target), std::move(request),
             [promise](UpstreamResult result) { promise->set_value(std::move(result)); });
  return future;
}

UpstreamResult get(UpstreamClient& client, const UpstreamTarget& target) {
  return ask(client, target, {.path = "/v1/models"}).get();
}

UpstreamProblem problem_of(UpstreamClient& client, const UpstreamTarget& target) {
  const auto result = get(client, target);
  REQUIRE(result.has_error());
  return result.error().problem;
}

/// Limits that a test can wait for.
UpstreamLimits short_limits() {
  UpstreamLimits limits;
  limits.first_byte_timeout = limits.head_timeout = limits.quiet_timeout = milliseconds(100);
  return limits;
}

/// Answers every request on a connection with the same bytes.
ScriptedUpstream::Script always(std::string answer) {
  return [answer = std::move(answer)](ScriptedConnection& connection) {
    while (!connection.request().empty() && connection.send(answer)) {
    }
  };
}

/// Answers one request, then waits for the client to go.
ScriptedUpstream::Script once(std::string answer) {
  return [answer = std::move(answer)](ScriptedConnection& connection) {
    connection.request();
    connection.send(answer);
    connection.await_end();
  };
}

/// A port of the loopback device where nobody listens.
UpstreamTarget nobody() {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor acceptor(context, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return {"127.0.0.1", acceptor.local_endpoint().port(), "", UpstreamReach::this_host};
}

}  // namespace

TEST_CASE("a server is sent what we write ourselves, and nothing else") {
  std::promise<std::string> seen;
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    seen.set_value(connection.request());
    connection.send(plain_answer(R"({"ok":true})"));
  });
  UpstreamClient client;
  auto target = upstream.target();
  target.base_path = "/services/7";
  const auto result = ask(client, target, {.path = "/v1/completions", .body = "{}"}).get();
  REQUIRE(result.has_value());
  CHECK(result->status == 200);
  CHECK(result->content_type == "application/json");
  CHECK(result->body == R"({"ok":true})");
  CHECK(seen.get_future().get() ==
        fmt::format("POST /services/7/v1/completions HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                    "User-Agent: orrery\r\nAccept: application/json, text/event-stream\r\n"
                    "Accept-Encoding: identity\r\nContent-Type: application/json\r\n"
                    "Content-Length: 2\r\n\r\n{{}}",
                    target.port));
}

TEST_CASE("connections are kept for the next request") {
  ScriptedUpstream upstream(always(plain_answer("{}")));
  UpstreamClient client;
  for (int i = 0; i < 20; ++i) REQUIRE(get(client, upstream.target()).has_value());
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("a kept connection that the server closes is replaced") {
  std::atomic<int> connections{0};
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    const bool is_first = ++connections == 1;
    connection.request();
    connection.send(plain_answer("{}"));
    // The first one takes a second request, and closes instead of an answer.
    if (is_first) connection.request();
  });
  UpstreamClient client;
  CHECK(get(client, upstream.target()).has_value());
  CHECK(get(client, upstream.target()).has_value());
  CHECK(connections == 2);
}

TEST_CASE("a server that closes without an answer on a new connection is not asked again") {
  ScriptedUpstream upstream([](ScriptedConnection& connection) { connection.request(); });
  UpstreamClient client;
  CHECK(problem_of(client, upstream.target()) == UpstreamProblem::connection_broken);
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("what a server says without being asked is no answer to the next question") {
  std::promise<void> has_said_more;
  std::atomic<int> connections{0};
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    connection.request();
    if (++connections > 1) {
      connection.send(plain_answer("2"));
      return;
    }
    connection.send(plain_answer("1"));
    connection.send(plain_answer("stolen"));
    has_said_more.set_value();
    connection.await_end();
  });
  UpstreamClient client;
  CHECK(get(client, upstream.target())->body == "1");
  has_said_more.get_future().get();
  CHECK(get(client, upstream.target())->body == "2");
}

TEST_CASE("addresses that may not be asked aren't") {
  ScriptedUpstream upstream(always(plain_answer("{}")));
  UpstreamClient client;
  auto target = upstream.target();
  target.reach = UpstreamReach::network;
  for (const auto* host :
       {"127.0.0.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0", "169.254.169.254", "a\r\nX: y"}) {
    target.host = host;
    INFO(host);
    CHECK(problem_of(client, target) == UpstreamProblem::address_refused);
  }
  CHECK(upstream.connection_count() == 0);
  target.reach = UpstreamReach::this_host;
  target.host = "localhost";
  CHECK(get(client, target).has_value());
}

TEST_CASE("a name without an address reaches nobody") {
  UpstreamClient client;
  const auto problem = problem_of(client, {"no-such-host.invalid", 80, "", UpstreamReach::network});
  // The second where the resolver takes long to find out.
  CHECK((problem == UpstreamProblem::address_refused ||
         problem == UpstreamProblem::connection_broken));
}

TEST_CASE("nobody listens") {
  UpstreamClient client;
  CHECK(problem_of(client, nobody()) == UpstreamProblem::connection_refused);
}

TEST_CASE("redirects are not followed") {
  ScriptedUpstream upstream(always(
      "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"));
  UpstreamClient client;
  const auto result = get(client, upstream.target());
  REQUIRE(result.has_value());
  CHECK(result->status == 302);
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("servers that take too long are given up") {
  UpstreamClient client(short_limits());
  const auto gives_up_on = [&](const std::string& answer) {
    ScriptedUpstream upstream(once(answer));
    CHECK(problem_of(client, upstream.target()) == UpstreamProblem::timed_out);
  };
  gives_up_on("");
  gives_up_on("HTTP/1.1 200 OK\r\nX-");
  gives_up_on("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
}

TEST_CASE("a server that drips its head for ever is given up") {
  UpstreamClient client(short_limits());
  ScriptedUpstream upstream([](ScriptedConnection& connection) {
    connection.request();
    connection.send("HTTP/1.1 200 OK\r\nX: ");
    while (connection.send("x")) std::this_thread::yield();
  });
  const auto problem = problem_of(client, upstream.target());
  // Which limit it meets first depends on how fast it drips.
  CHECK((problem == UpstreamProblem::timed_out || problem == UpstreamProblem::too_large));
}

TEST_CASE("a request may have less time than the limits give") {
  UpstreamClient client;
  ScriptedUpstream upstream(once(""));
  const auto result =
      ask(client, upstream.target(), {.path = "/", .timeout = milliseconds(50)}).get();
  REQUIRE(result.has_error());
  CHECK(result.error().problem == UpstreamProblem::timed_out);
}

TEST_CASE("answers that are too large are given up before they have come") {
  UpstreamClient client;
  const std::string large(9 * 1024 * 1024, 'x');
  const auto gives_up_on = [&](const std::string& answer) {
    ScriptedUpstream upstream(once(answer));
    CHECK(problem_of(client, upstream.target()) == UpstreamProblem::too_large);
  };
  gives_up_on(plain_answer(large));
  gives_up_on("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + large);
  gives_up_on("HTTP/1.1 200 OK\r\nX: " + large);
}

TEST_CASE("all bodies together have a limit too") {
  UpstreamLimits limits;
  limits.body_bytes_total_max = 1000;
  UpstreamClient client(limits);
  ScriptedUpstream upstream(always(plain_answer(std::string(800, 'x'))));
  CHECK(get(client, upstream.target()).has_value());
  CHECK(get(client, upstream.target()).has_value());
  ScriptedUpstream larger(always(plain_answer(std::string(1200, 'x'))));
  CHECK(problem_of(client, larger.target()) == UpstreamProblem::overloaded);
}

TEST_CASE("there are only so many connections to one server") {
  UpstreamLimits limits;
  limits.connection_count_per_target_max = 2;
  UpstreamClient client(limits);
  ScriptedUpstream upstream(once(""));
  auto first = ask(client, upstream.target(), {.path = "/"});
  auto second = ask(client, upstream.target(), {.path = "/"});
  CHECK(problem_of(client, upstream.target()) == UpstreamProblem::overloaded);
  ScriptedUpstream other(always(plain_answer("{}")));
  CHECK(get(client, other.target()).has_value());
}

TEST_CASE("a request that nobody waits for is given up, and its connection closed") {
  std::promise<void> is_asked, has_gone;
  ScriptedUpstream upstream([&](ScriptedConnection& connection) {
    connection.request();
    is_asked.set_value();
    connection.await_end();
    has_gone.set_value();
  });
  UpstreamClient client;
  const auto wanted = std::make_shared<std::atomic<bool>>(true);
  auto result = ask(client, upstream.target(),
                    {.path = "/", .is_wanted = [wanted] { return wanted->load(); }});
  is_asked.get_future().get();
  *wanted = false;
  CHECK(result.get().error().problem == UpstreamProblem::cancelled);
  has_gone.get_future().get();
}

TEST_CASE("a client that goes tells everybody who waits") {
  ScriptedUpstream upstream(once(""));
  std::vector<std::future<UpstreamResult>> results;
  {
    UpstreamClient client;
    for (int i = 0; i < 10; ++i) results.push_back(ask(client, upstream.target(), {.path = "/"}));
  }
  for (auto& result : results) CHECK(result.get().error().problem == UpstreamProblem::cancelled);
}
