#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

#include "tests/http/native/native_fixture.hpp"

using namespace orrery;

namespace {

/// Follows the feed over HTTP: takes chunks apart into events.
class FeedClient {
 public:
  FeedClient(std::uint16_t port, std::string_view query, std::string_view headers = "")
      : client_(port) {
    client_.send(get_events(query, "Accept: text/event-stream\r\n" + std::string(headers)));
    head_ = client_.answer();
  }

  const WireAnswer& head() const { return head_; }

  /// The ids that have come once the one wanted is among them.
  const std::vector<Position>& read_to(Position position) {
    while (ids_.empty() || ids_.back() < position)
      if (!read_chunk()) break;
    return ids_;
  }

  const std::string& read_until(std::string_view text) {
    while (text_.find(text) == std::string::npos)
      if (!read_chunk()) break;
    return text_;
  }

  RawClient& client() { return client_; }

 private:
  bool read_chunk() {
    auto& raw = client_.received();
    std::size_t line = 0;
    while ((line = raw.find("\r\n")) == std::string::npos)
      if (!client_.receive_more()) return false;
    const auto size = std::stoul(raw.substr(0, line), nullptr, 16);
    const auto end = line + 2 + size + 2;
    while (raw.size() < end)
      if (!client_.receive_more()) return false;
    take_events(raw.substr(line + 2, size));
    raw.erase(0, end);
    return size > 0;
  }

  void take_events(const std::string& chunk) {
    text_ += chunk;
    for (std::size_t at = chunk.find("id: "); at != std::string::npos;
         at = chunk.find("\nid: ", at + 1)) {
      ids_.push_back(std::stoull(chunk.substr(chunk.find(' ', at) + 1)));
    }
  }

  RawClient client_;
  WireAnswer head_;
  std::vector<Position> ids_;
  std::string text_;
};

std::vector<Position> range(Position first, Position last) {
  std::vector<Position> all;
  for (auto position = first; position <= last; ++position) all.push_back(position);
  return all;
}

}  // namespace

TEST_CASE("the feed gives history, then what happens") {
  NativeFixture native;
  for (int i = 0; i < 3; ++i) native.append();
  FeedClient feed(native.server.port(), "");
  CHECK(feed.head().status == 200);
  CHECK(feed.head().header("Content-Type") == "text/event-stream");
  CHECK(feed.head().header("Transfer-Encoding") == "chunked");
  CHECK(feed.read_to(3) == range(1, 3));
  native.append();
  CHECK(feed.read_to(4) == range(1, 4));
  const auto& text = feed.read_until("\"position\":4");
  CHECK(text.find("id: 4\nevent: node.cordoned\ndata: {") != std::string::npos);
}

TEST_CASE("the feed can begin now, at a position, or after the last event seen") {
  NativeFixture native;
  for (int i = 0; i < 5; ++i) native.append();
  FeedClient now(native.server.port(), "?from=now"), from(native.server.port(), "?from=4"),
      resumed(native.server.port(), "?from=1", "Last-Event-ID: 2\r\n");
  native.append();
  CHECK(now.read_to(6) == range(6, 6));
  CHECK(from.read_to(6) == range(4, 6));
  CHECK(resumed.read_to(6) == range(3, 6));
}

TEST_CASE("the feed can be of one stream") {
  NativeFixture native;
  FeedClient feed(native.server.port(), "?stream=node/odd");
  for (int i = 0; i < 6; ++i) native.append(i % 2 == 0 ? "node/even" : "node/odd");
  CHECK(feed.read_to(6) == std::vector<Position>{2, 4, 6});
}

TEST_CASE("readers that break off and come back while the log is written miss nothing") {
  NativeFixture native;
  constexpr Position last = 20'000;
  std::thread writing([&] {
    for (Position i = 0; i < last; ++i) native.append();
  });
  std::vector<std::thread> readers;
  std::vector<std::vector<Position>> seen(3);
  for (std::size_t index = 0; index < seen.size(); ++index)
    readers.emplace_back([&, index] {
      auto& all = seen[index];
      while (all.size() < last) {
        const auto resumed = "Last-Event-ID: " + std::to_string(all.size()) + "\r\n";
        FeedClient feed(native.server.port(), "", resumed);
        // Each connection is left after another count of events.
        const auto some = feed.read_to(std::min<Position>(last, all.size() + 777 * (index + 1)));
        all.insert(all.end(), some.begin(), some.end());
      }
    });
  writing.join();
  for (auto& reader : readers) reader.join();
  for (const auto& all : seen) CHECK(all == range(1, last));
}

TEST_CASE("a reader that stands still loses nothing and holds nobody up") {
  NativeFixture native;
  FeedClient still(native.server.port(), "");
  constexpr Position last = 30'000;
  for (Position i = 0; i < last; ++i) native.append();
  FeedClient quick(native.server.port(), "?from=" + std::to_string(last));
  CHECK(quick.read_to(last) == range(last, last));
  CHECK(still.read_to(last) == range(1, last));
}

TEST_CASE("a quiet feed shows signs of life, and its client's going is noticed") {
  Limits limits;
  limits.stream_quiet_max = std::chrono::milliseconds(20);
  NativeFixture native(limits);
  {
    FeedClient feed(native.server.port(), "");
    CHECK(feed.read_until(": still here").find(": still here") != std::string::npos);
  }
  while (native.metrics->figures().connections_open > 0) std::this_thread::yield();
}

TEST_CASE("draining ends a feed with its last chunk") {
  NativeFixture native;
  native.append();
  FeedClient feed(native.server.port(), "");
  CHECK(feed.read_to(1) == range(1, 1));
  std::thread draining([&] { native.server.drain(); });
  CHECK(feed.client().read_until("0\r\n\r\n") == "0\r\n\r\n");
  feed.client().socket().close();
  draining.join();
}
