#include <catch2/catch.hpp>

#include "tests/http/server/edge_fixture.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;

TEST_CASE("a connection is kept, and every answer carries what the session adds") {
  EdgeFixture edge;
  RawClient client(edge.port());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask(get("/hello", "X-Request-Id: mine-1\r\n"));
    CHECK(answer.status == 200);
    CHECK(answer.body == "hello");
    CHECK(answer.header("Content-Type") == "text/plain");
    CHECK(answer.header("Server") == "orrery");
    CHECK(answer.header("Date").ends_with(" GMT"));
    CHECK(answer.header("X-Request-Id") == "mine-1");
    CHECK(answer.header("Connection").empty());
  }
  const auto drawn = client.ask(get("/hello", "X-Request-Id: not sane\r\n"));
  CHECK(drawn.header("X-Request-Id").size() > 16);
}

TEST_CASE("a client that wants the connection closed gets its answer first") {
  EdgeFixture edge;
  RawClient modern(edge.port());
  CHECK(modern.ask(get("/hello", "Connection: close\r\n")).header("Connection") == "close");
  CHECK(modern.is_closed());
  RawClient old(edge.port());
  CHECK(old.ask("GET /hello HTTP/1.0\r\n\r\n").body == "hello");
  CHECK(old.is_closed());
  RawClient old_kept(edge.port());
  const auto kept = old_kept.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.header("Connection") == "keep-alive");
  CHECK(old_kept.ask("GET /hello HTTP/1.0\r\n\r\n").status == 200);
}

TEST_CASE("a client that has ended its direction still gets its answers") {
  EdgeFixture edge;
  RawClient client(edge.port());
  client.send(get("/hello") + get("/path/b"));
  client.socket().shutdown(boost::asio::socket_base::shutdown_send);
  CHECK(client.answer().body == "hello");
  CHECK(client.answer().body == "b?");
  CHECK(client.is_closed());
}

TEST_CASE("HEAD has the length of GET and no body") {
  EdgeFixture edge;
  RawClient client(edge.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/path/next"));
  CHECK(client.answer(true).header("Content-Length") == "5");
  CHECK(client.answer().body == "next?");
}

TEST_CASE("OPTIONS names the methods of a path") {
  EdgeFixture edge;
  RawClient client(edge.port());
  const auto answer = client.ask("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(answer.status == 204);
  CHECK(answer.header("Allow") == "GET, HEAD, OPTIONS");
  CHECK(client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status == 204);
}

TEST_CASE("unknown paths and methods are answered in the form of the dialect, or as problems") {
  EdgeFixture edge;
  RawClient client(edge.port());
  const auto problem = client.ask(get("/nowhere"));
  CHECK(problem.status == 404);
  CHECK(problem.header("Content-Type") == "application/problem+json");
  CHECK(problem.body.find(R"("code":"route_not_found")") != std::string::npos);
  CHECK(client.ask(get("/v0.1/nowhere")).body == "v0.1 says route_not_found");
  CHECK(client.ask(get("/v0.10")).status == 404);
  const auto method = client.ask("PUT /v0.1/projects/1 HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(method.status == 405);
  CHECK(method.body == "v0.1 says method_not_allowed");
  CHECK(method.header("Allow") == "GET, HEAD, OPTIONS");
  const auto framing = client.ask("GET /v0.1/projects/1 HTTP/1.1\r\n\r\n");
  CHECK(framing.status == 400);
  CHECK(framing.body == "v0.1 says host_missing");
}

TEST_CASE("a body is asked for where the client waits for that") {
  EdgeFixture edge;
  RawClient client(edge.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.answer().status == 100);
  client.send("abc");
  CHECK(client.answer().body == "abc");
  const auto large = client.ask(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(large.status == 413);
}

TEST_CASE("pipelined requests are answered in order, also when the first answer comes last") {
  EdgeFixture edge;
  RawClient client(edge.port());
  std::string requests = get("/held");
  for (int i = 0; i < 500; ++i) requests += get("/path/" + std::to_string(i));
  client.send(requests);
  auto held = edge.held->take();
  std::thread([held] { held(text("held")); }).join();
  CHECK(client.answer().body == "held");
  for (int i = 0; i < 500; ++i) CHECK(client.answer().body == std::to_string(i) + "?");
}

TEST_CASE("large answers arrive whole at a client that reads late") {
  EdgeFixture edge;
  RawClient client(edge.port());
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += get("/large") + get("/hello");
  client.send(requests);
  for (int i = 0; i < 40; ++i) {
    CHECK(client.answer().body == std::string(300'000, 'x'));
    CHECK(client.answer().body == "hello");
  }
}

TEST_CASE("an answer that a handler forgets or throws away is a 500, and the next request works") {
  EdgeFixture edge;
  RawClient client(edge.port());
  CHECK(client.ask(get("/dropped")).status == 500);
  CHECK(client.ask(get("/throws")).status == 500);
  client.send(get("/held"));
  std::thread([responder = edge.held->take()] {}).join();
  CHECK(client.answer().status == 500);
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("only the first answer counts") {
  EdgeFixture edge;
  RawClient client(edge.port());
  client.send(get("/held"));
  const auto first = edge.held->take();
  first(text("one"));
  first(text("two"));
  CHECK(client.answer().body == "one");
  client.send(get("/held"));
  const auto second = edge.held->take();
  first(text("three"));
  second(text("four"));
  CHECK(client.answer().body == "four");
}

TEST_CASE("answers to clients that have gone, and after the server has gone, are harmless") {
  std::optional<EdgeFixture> edge(Limits{.drain_timeout = std::chrono::milliseconds(50)});
  std::vector<Responder> responders;
  for (int i = 0; i < 3; ++i) {
    RawClient client(edge->port());
    client.send(get("/held"));
    responders.push_back(edge->held->take());
  }
  responders[0](text("to nobody"));
  RawClient client(edge->port());
  CHECK(client.ask(get("/hello")).status == 200);
  edge.reset();
  responders[1](text("to nothing"));
}

TEST_CASE("a port that is taken is an error, although workers share theirs") {
  EdgeFixture edge;
  ServerConfiguration configuration;
  configuration.port = edge.port();
  HttpServer second(configuration, edge_router());
  CHECK_THROWS_AS(second.start(), boost::system::system_error);
}
