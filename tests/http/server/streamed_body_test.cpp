#include "http/server/incoming_body.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "tests/http/server/edge_fixture.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;

namespace {

/// Answers with what came, once all of it has.
void echo(const Request&, const std::shared_ptr<IncomingBody>& body, const Responder& respond) {
  const auto taken = std::make_shared<std::string>();
  // The body holds who is told of it, so that who is told must not hold the body.
  body->listen([weak = std::weak_ptr(body), taken, respond] {
    const auto here = weak.lock();
    if (!here) return;
    const auto state = here->take(*taken);
    if (state == IncomingBody::State::coming) return;
    respond(text(state == IncomingBody::State::complete ? *taken : "broken"));
  });
}

/// A stream of letters that ends after `count`, whatever was promised.
class Letters : public ResponseStream {
 public:
  explicit Letters(std::size_t count) : left_(count) {}
  Next pull(std::string& out) override {
    const auto size = std::min<std::size_t>(left_, 1000);
    out.append(size, 'x');
    left_ -= size;
    return left_ == 0 ? Next::end : Next::more;
  }

 private:
  std::size_t left_;
};

/// Keeps a body for the test to take.
struct HeldBody {
  std::promise<std::shared_ptr<IncomingBody>> body;
  std::optional<Responder> respond;
};

struct StreamFixture {
  explicit StreamFixture(Limits limits = {})
      : server({.address = "127.0.0.1",
                .port = 0,
                .threads = 1,
                .limits = limits,
                .tls = {},
                .metrics = {}},
               router()) {
    server.start();
  }
  ~StreamFixture() { server.drain(); }

  Router router() {
    Router router;
    router.add(Method::put, "/echo", StreamedHandler{echo});
    router.add(Method::put, "/refuse",
               StreamedHandler{[](const Request&, std::shared_ptr<IncomingBody>,
                                  const Responder& respond) { respond(text("no", 409)); }});
    router.add(Method::put, "/held",
               StreamedHandler{[this](const Request&, std::shared_ptr<IncomingBody> body,
                                      const Responder& respond) {
                 held.respond.emplace(respond);
                 held.body.set_value(std::move(body));
               }});
    router.add(Method::post, "/whole", [](const Request& request, Responder respond) {
      respond(text(std::to_string(request.body.size())));
    });
    router.add(Method::get, "/letters", [](const Request& request, Responder respond) {
      auto head = text("");
      head.headers.emplace_back("Content-Length", request.query_parameter("promised"));
      respond(std::move(head),
              std::make_shared<Letters>(std::stoul(request.query_parameter("sent"))));
    });
    return router;
  }

  std::uint16_t port() const { return server.port(); }

  HeldBody held;
  HttpServer server;
};

std::string put(std::string_view path, std::size_t length, std::string_view headers = "") {
  return "PUT " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.push_back(static_cast<char>('a' + i * 7 % 26));
  return text;
}

}  // namespace

TEST_CASE("a streamed body may be longer than any other, and the next request follows it") {
  StreamFixture fixture;
  RawClient client(fixture.port());
  for (const std::size_t size : {0u, 1u, 64u * 1024, 64u * 1024 + 1, 3'000'000u}) {
    const auto body = letters(size);
    std::thread sender([&] { client.send(put("/echo", size) + body + put("/echo", 2) + "hi"); });
    const auto answer = client.answer();
    sender.join();
    CHECK(answer.status == 200);
    CHECK(answer.body == body);
    CHECK(client.answer().body == "hi");
  }
}

TEST_CASE("a streamed body may come in chunks, and one byte after the other") {
  StreamFixture fixture;
  RawClient client(fixture.port());
  const std::string head = "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto body = letters(200'000);
  std::string chunked;
  for (std::size_t from = 0; from < body.size(); from += 7'777) {
    const auto piece = body.substr(from, 7'777);
    chunked += fmt::format("{:x};a=b\r\n{}\r\n", piece.size(), piece);
  }
  chunked += "0\r\nTrailer: x\r\n\r\n";
  SECTION("at once") {
    CHECK(client.ask(head + chunked + get("/nothing")).body == body);
    CHECK(client.answer().status == 404);
  }
  SECTION("byte by byte") {
    for (const char byte : head + "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
      REQUIRE(client.send({&byte, 1}));
    CHECK(client.answer().body == "hello!");
    CHECK(client.ask(put("/echo", 2) + "hi").body == "hi");
  }
  SECTION("broken in the middle") {
    CHECK(client.ask(head + "5\r\nhello\r\nzz\r\n").body == "broken");
    CHECK(client.is_closed());
  }
}

TEST_CASE("an answer before the end of a body closes the connection") {
  StreamFixture fixture;
  RawClient client(fixture.port());
  const auto answer = client.ask(put("/refuse", 10'000'000) + "some of it");
  CHECK(answer.status == 409);
  CHECK(answer.header("Connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("who waits to be told to send is told, unless he is refused") {
  StreamFixture fixture;
  const std::string expects = "Expect: 100-continue\r\n";
  RawClient client(fixture.port());
  CHECK(client.ask(put("/echo", 100'000, expects)).status == 100);
  const auto body = letters(100'000);
  CHECK(client.ask(body).body == body);
  CHECK(client.ask(put("/refuse", 100'000, expects)).status == 409);
  CHECK(client.is_closed());
}

TEST_CASE("a client is read from only while there is room for what it sends") {
  StreamFixture fixture;
  RawClient client(fixture.port());
  const auto body = letters(20'000'000);
  std::promise<void> sent;
  std::thread sender([&] {
    client.send(put("/held", body.size()) + body);
    sent.set_value();
  });
  const auto held = fixture.held.body.get_future().get();
  std::string taken;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t told = 0;
  held->listen([&] {
    const std::scoped_lock lock(mutex);
    ++told;
    changed.notify_all();
  });
  auto state = IncomingBody::State::coming;
  std::size_t most = 0;
  for (std::size_t seen = 0; state == IncomingBody::State::coming;) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return told > seen; });
      seen = told;
    }
    const auto before = taken.size();
    state = held->take(taken);
    most = std::max(most, taken.size() - before);
  }
  CHECK(state == IncomingBody::State::complete);
  CHECK(taken == body);
  CHECK(most <= IncomingBody::held_bytes_max + 1'000'000);
  held->listen({});
  fixture.held.respond->operator()(text("done"));
  CHECK(client.answer().body == "done");
  sender.join();
}

TEST_CASE("a body is broken when its client goes, or sends nothing for too long") {
  Limits limits;
  limits.body_timeout = std::chrono::milliseconds(200);
  StreamFixture fixture(limits);
  auto client = std::make_unique<RawClient>(fixture.port());
  client->send(put("/held", 1'000'000) + "a part");
  const auto held = fixture.held.body.get_future().get();
  if (GENERATE(true, false)) client.reset();
  std::promise<void> over;
  std::string taken;
  std::once_flag once;
  held->listen([&] {
    if (held->take(taken) == IncomingBody::State::broken)
      std::call_once(once, [&] { over.set_value(); });
  });
  over.get_future().wait();
  CHECK(taken == "a part");
  held->listen({});
  fixture.held.respond->operator()(text("to nobody"));
}

TEST_CASE("other routes take no long bodies") {
  StreamFixture fixture;
  RawClient client(fixture.port());
  const auto head = [](std::size_t size) {
    return "POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n";
  };
  CHECK(client.ask(head(1'000'000) + std::string(1'000'000, 'a')).body == "1000000");
  CHECK(client.ask(head(1'048'577)).status == 413);
}

TEST_CASE("a stream that knows its length isn't cut into chunks") {
  StreamFixture fixture;
  RawClient client(fixture.port());
  const auto answer = client.ask(get("/letters?promised=2500&sent=2500"));
  CHECK(answer.header("Content-Length") == "2500");
  CHECK(answer.header("Transfer-Encoding").empty());
  CHECK(answer.body == std::string(2500, 'x'));
  client.send("HEAD /letters?promised=2500&sent=2500 HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.answer(true).header("Content-Length") == "2500");
  // More than promised is not sent.
  CHECK(client.ask(get("/letters?promised=10&sent=2500")).body == std::string(10, 'x'));
  CHECK(client.ask(put("/echo", 2) + "hi").body == "hi");
  // Less than promised: nothing that comes later may be taken for the rest.
  client.send(get("/letters?promised=2500&sent=1200"));
  client.send(get("/letters?promised=1&sent=1"));
  client.read_until("this never comes");
  CHECK(client.received().ends_with("\r\n\r\n" + std::string(1200, 'x')));
}
