#include <catch2/catch.hpp>

#include "tests/http/server/edge_fixture.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;
using std::chrono::milliseconds;

namespace {

std::string headers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "X-" + std::to_string(i) + ": a\r\n";
  return text;
}

/// Waits for a figure that other threads change.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 100'000; ++i) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return condition();
}

}  // namespace

TEST_CASE("each limit of size holds at its bound and refuses beyond it") {
  EdgeFixture edge;
  const auto status = [&](const std::string& bytes) {
    RawClient client(edge.port());
    client.send(bytes);
    return client.answer().status;
  };
  CHECK(status(get("/hello", headers(99))) == 200);
  CHECK(status(get("/hello", headers(100))) == 431);
  CHECK(status(get("/hello", "X: " + std::string(16'000, 'a') + "\r\n")) == 200);
  CHECK(status(get("/hello", "X: " + std::string(16'400, 'a') + "\r\n")) == 431);
  CHECK(status(get("/hello?" + std::string(8'180, 'a'))) == 200);
  CHECK(status(get("/hello?" + std::string(8'300, 'a'))) == 414);
  CHECK(status("GET /" + std::string(100'000, 'a')) == 414);
  CHECK(status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" +
               std::string(1'048'576, 'a')) == 200);
  CHECK(status("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n") == 413);
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(status(chunked + "100000\r\n" + std::string(1'048'576, 'a') + "\r\n0\r\n\r\n") == 200);
  CHECK(status(chunked + "100001\r\n") == 413);
  CHECK(status(chunked + "100000\r\n" + std::string(1'048'576, 'a') + "\r\n1\r\na\r\n") == 413);
  CHECK(status(chunked + "1;" + std::string(20'000, 'a')) == 400);
  CHECK(status(chunked + "0\r\nX: " + std::string(20'000, 'a')) == 400);
}

TEST_CASE("large bodies are refused while all requests together hold too much") {
  Limits limits;
  limits.request_bytes_total_max = 900'000;
  EdgeFixture edge(limits);
  const auto head = [](int size) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  std::optional<RawClient> first(edge.port());
  first->send(head(1'000'000) + std::string(999'999, 'a'));
  CHECK(first->answer().status == 503);
  CHECK(first->is_closed());
  first.reset();
  CHECK(eventually([&] { return edge.metrics->figures().connections_open == 0; }));
  // Small ones are served all the while, and large ones when there is room again.
  RawClient second(edge.port());
  CHECK(second.ask(head(3) + "abc").status == 200);
  CHECK(second.ask(head(200'000) + std::string(200'000, 'a')).status == 200);
}

TEST_CASE("a slow head, a slow body and a slow handler are told so") {
  Limits limits;
  limits.head_timeout = limits.body_timeout = limits.answer_timeout = milliseconds(40);
  EdgeFixture edge(limits);
  RawClient head(edge.port());
  const auto slow_head = head.ask("GET /v0.1/x HTTP/1.1\r\nHost:");
  CHECK(slow_head.status == 408);
  CHECK(slow_head.body == "v0.1 says request_timeout");
  CHECK(head.is_closed());
  RawClient body(edge.port());
  CHECK(body.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab").status == 408);
  CHECK(body.is_closed());
  RawClient handler(edge.port());
  CHECK(handler.ask(get("/held")).status == 503);
  CHECK(handler.is_closed());
  edge.held->take()(text("too late"));
}

TEST_CASE("where a model works on the answer, it may take longer") {
  Limits limits;
  limits.answer_timeout = milliseconds(40);
  EdgeFixture edge(limits);
  RawClient patient(edge.port()), usual(edge.port());
  patient.send(get("/patient"));
  const auto answer = edge.held->take();
  CHECK(usual.ask(get("/held")).status == 503);
  CHECK(answer.is_wanted());
  answer(text("at last"));
  CHECK(patient.answer().body == "at last");
}

TEST_CASE("where the answer may take long, a client that goes is noticed") {
  EdgeFixture edge;
  std::optional<RawClient> client(edge.port());
  client->send(get("/patient"));
  const auto answer = edge.held->take();
  CHECK(answer.is_wanted());
  client.reset();
  CHECK(eventually([&] { return !answer.is_wanted(); }));
  answer(text("to nobody"));
}

TEST_CASE("bytes that drip don't put off the deadline of a head") {
  Limits limits;
  limits.head_timeout = milliseconds(60);
  EdgeFixture edge(limits);
  RawClient client(edge.port());
  client.send("GET /hello HTTP/1.1\r\nX: ");
  std::thread dripping([&] {
    while (client.send("a")) std::this_thread::yield();
  });
  CHECK(client.answer().status / 100 == 4);
  client.socket().shutdown(boost::asio::socket_base::shutdown_both);
  dripping.join();
}

TEST_CASE("an idle connection is closed without a word") {
  Limits limits;
  limits.idle_timeout = limits.head_timeout = milliseconds(40);
  EdgeFixture edge(limits);
  RawClient unused(edge.port());
  CHECK(unused.is_closed());
  RawClient used(edge.port());
  CHECK(used.ask(get("/hello")).status == 200);
  CHECK(used.is_closed());
}

TEST_CASE("a client that doesn't read is dropped") {
  Limits limits;
  limits.write_timeout = milliseconds(40);
  EdgeFixture edge(limits);
  RawClient client(edge.port());
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += get("/large");
  client.send(requests);
  CHECK(eventually([&] { return edge.metrics->figures().connections_open == 1; }));
  CHECK(eventually([&] { return edge.metrics->figures().connections_open == 0; }));
}

TEST_CASE("connections beyond the limit get a 503, and a place that is given back is taken") {
  Limits limits;
  limits.connection_count_max = 2;
  EdgeFixture edge(limits);
  std::optional<RawClient> first(edge.port());
  CHECK(first->ask(get("/hello")).status == 200);
  RawClient second(edge.port());
  CHECK(second.ask(get("/hello")).status == 200);
  RawClient third(edge.port());
  const auto refused = third.ask(get("/hello"));
  CHECK(refused.status == 503);
  CHECK(refused.header("Connection") == "close");
  CHECK(third.is_closed());
  first.reset();
  CHECK(eventually([&] { return edge.metrics->figures().connections_open == 1; }));
  RawClient fourth(edge.port());
  CHECK(fourth.ask(get("/hello")).status == 200);
  CHECK(edge.metrics->figures().connections_refused == 1);
}

TEST_CASE("a thousand connections are served at once") {
  EdgeFixture edge(Limits{}, 2);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 1000; ++i) clients.push_back(std::make_unique<RawClient>(edge.port()));
  for (int round = 0; round < 2; ++round) {
    for (auto& client : clients) client->send(get("/hello"));
    for (auto& client : clients) REQUIRE(client->answer().body == "hello");
  }
  CHECK(edge.metrics->figures().connections_open == 1000);
  CHECK(edge.metrics->figures().routes[0].answers_by_class[2] == 2000);
}

TEST_CASE("draining finishes what is in flight, closes what is idle, and takes no more") {
  Limits limits;
  limits.linger_timeout = milliseconds(40);
  auto edge = std::make_unique<EdgeFixture>(limits);
  const auto port = edge->port();
  RawClient idle(port), busy(port);
  CHECK(idle.ask(get("/hello")).status == 200);
  busy.send(get("/held"));
  const auto responder = edge->held->take();
  std::thread draining([&] { edge->server.drain(); });
  CHECK(idle.is_closed());
  responder(text("the last"));
  const auto last = busy.answer();
  CHECK(last.body == "the last");
  CHECK(last.header("Connection") == "close");
  CHECK(busy.is_closed());
  draining.join();
  CHECK_THROWS(RawClient(port));
}

TEST_CASE("draining doesn't wait for ever") {
  Limits limits;
  limits.drain_timeout = milliseconds(40);
  EdgeFixture edge(limits);
  RawClient client(edge.port());
  client.send(get("/held"));
  const auto responder = edge.held->take();
  edge.server.drain();
  CHECK(client.is_closed());
}
