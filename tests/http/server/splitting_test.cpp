#include <catch2/catch.hpp>

#include <random>

#include <fmt/format.h>

#include "http/server/conversation.hpp"
#include "tests/http/server/edge_fixture.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;

namespace {

/// A connection without a socket.
class Wire {
 public:
  std::string feed(std::string_view bytes) {
    while (!bytes.empty() && !closed_) {
      const auto space = conversation_.space();
      const auto size = std::min(space.size(), bytes.size());
      std::copy_n(bytes.data(), size, space.data());
      bytes.remove_prefix(size);
      conversation_.received(size);
      run();
    }
    return out_;
  }

  bool closed() const { return closed_; }

 private:
  void run() {
    auto next = Conversation::Next::again;
    while (next == Conversation::Next::again) {
      AnswerBatch batch;
      next = conversation_.run(batch);
      for (const auto& buffer : batch.buffers())
        out_.append(static_cast<const char*>(buffer.data()), buffer.size());
    }
    closed_ = next == Conversation::Next::close;
  }

  boost::asio::io_context context_;
  Router router_ = edge_router();
  Limits limits_;
  WorkerMetrics metrics_{router_.routes().size()};
  std::atomic<std::size_t> connection_count_{0};
  EdgeContext edge_{.router = router_,
                    .limits = limits_,
                    .metrics = metrics_,
                    .mailbox = std::make_shared<Mailbox>(context_),
                    .connection_count = connection_count_,
                    .refused_count = 0,
                    .ids = {},
                    .date = "now",
                    .now = {},
                    .draining = false,
                    .scratch = {},
                    .discard = {}};
  Conversation conversation_{edge_};
  std::string out_;
  bool closed_ = false;
};

/// A valid request, drawn at random; it carries its id, so that answers don't differ by that.
std::string random_request(std::mt19937& random) {
  const std::string id = "X-Request-Id: id-" + std::to_string(random() % 100) + "\r\n";
  const auto pick = random() % 6;
  if (pick == 0) return get("/hello", id);
  if (pick == 1) return get("/path/n" + std::to_string(random() % 1000) + "?q=%20a", id);
  if (pick == 2) return get("/large", id);
  if (pick == 3) return get("/v0.1/nowhere", id);
  const std::string body(random() % (random() % 8 == 0 ? 40'000 : 50), 'b');
  if (pick == 4)
    return "POST /echo HTTP/1.1\r\nHost: a\r\n" + id +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: a\r\n" + id + "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t from = 0; from < body.size();) {
    const auto size = std::min<std::size_t>(1 + random() % 5'000, body.size() - from);
    chunked += fmt::format("{:x}{}\r\n", size, random() % 3 == 0 ? ";ext=\"v\"" : "");
    chunked += body.substr(from, size) + "\r\n";
    from += size;
  }
  return chunked + (random() % 2 == 0 ? "0\r\n\r\n" : "0\r\nX-Trailer: t\r\n\r\n");
}

}  // namespace

TEST_CASE("requests are the same however their bytes are split") {
  std::mt19937 random(Catch::rngSeed());
  for (int round = 0; round < 300; ++round) {
    std::string stream;
    for (auto count = 1 + random() % 12; count > 0; --count) stream += random_request(random);
    Wire whole;
    const auto expected = whole.feed(stream);
    Wire split;
    std::string_view rest = stream;
    const auto size_max = random() % 3 == 0 ? 7 : 4'000;
    while (!rest.empty()) {
      const auto size = std::min<std::size_t>(1 + random() % size_max, rest.size());
      split.feed(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    REQUIRE(split.feed("") == expected);
    REQUIRE_FALSE(split.closed());
  }
}

TEST_CASE("damaged requests are answered or awaited, never a crash") {
  std::mt19937 random(Catch::rngSeed());
  for (int round = 0; round < 20'000; ++round) {
    std::string stream = random_request(random);
    stream.resize(std::min<std::size_t>(stream.size(), 3'000));
    for (auto count = 1 + random() % 4; count > 0; --count) {
      const auto at = random() % stream.size();
      constexpr std::string_view interesting("\r\n\0 :;,0fF\x7f%/.", 14);
      switch (random() % 3) {
        case 0:
          stream[at] = interesting[random() % interesting.size()];
          break;
        case 1:
          stream.erase(at, 1 + random() % 3);
          break;
        default:
          stream.insert(at, 1, interesting[random() % interesting.size()]);
          break;
      }
      if (stream.empty()) stream = "G";
    }
    Wire whole, split;
    const auto expected = whole.feed(stream);
    std::string_view rest = stream;
    while (!rest.empty()) {
      const auto size = std::min<std::size_t>(1 + random() % 40, rest.size());
      split.feed(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    // Ids are drawn where a request was too broken to bring its own.
    CHECK(split.closed() == whole.closed());
    CHECK(split.feed("").size() / 100 == expected.size() / 100);
  }
}
