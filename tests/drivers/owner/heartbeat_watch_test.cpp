#include "drivers/owner/heartbeat_watch.hpp"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "sim/virtual_clock.hpp"

using namespace orrery;
using std::chrono::seconds;

namespace {

/// Its thread has no reason to wake up during a test: the tests look by themselves.
struct WatchFixture {
  VirtualClock clock;
  std::vector<std::string> reports;
  HeartbeatWatch watch{
      clock, {seconds(90), seconds(30)}, [this](const std::string& node_id, bool is_ready) {
        reports.push_back(node_id + (is_ready ? " ready" : " lost"));
      }};

  std::vector<std::string> reported() { return std::exchange(reports, {}); }

  void happened(const std::string& stream, Event event) {
    watch.on_commit(std::make_shared<const std::vector<RecordedEvent>>(
        std::vector<RecordedEvent>{{1, stream, 1, clock.now(), {}, std::move(event)}}));
  }
  void pass(seconds span) {
    clock.advance(span);
    watch.look();
  }
};

using Reports = std::vector<std::string>;

}  // namespace

TEST_CASE("a node that is silent for too long is lost, and ready again when it speaks") {
  WatchFixture fixture;
  fixture.watch.expect("shared-1");
  fixture.pass(seconds(89));
  CHECK(fixture.reported().empty());
  fixture.watch.beat("shared-1");
  fixture.pass(seconds(89));
  CHECK(fixture.reported().empty());
  fixture.pass(seconds(1));
  CHECK(fixture.reported() == Reports{"shared-1 lost"});
  fixture.happened("node/shared-1", NodeLost{"silent"});
  fixture.pass(seconds(90));
  CHECK(fixture.reported().empty());
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported() == Reports{"shared-1 ready"});
  fixture.happened("node/shared-1", NodeBecameReady{});
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported().empty());
  fixture.pass(seconds(90));
  CHECK(fixture.reported() == Reports{"shared-1 lost"});
}

TEST_CASE("a report that got lost is repeated, but not with every heartbeat") {
  WatchFixture fixture;
  fixture.watch.expect("shared-1");
  fixture.pass(seconds(90));
  fixture.pass(seconds(30));
  CHECK(fixture.reported() == Reports{"shared-1 lost", "shared-1 lost"});
  fixture.happened("node/shared-1", NodeLost{"silent"});
  fixture.watch.beat("shared-1");
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported() == Reports{"shared-1 ready"});
  fixture.clock.advance(seconds(30));
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported() == Reports{"shared-1 ready"});
}

TEST_CASE("a node that speaks while it is being given up is ready again, without another word") {
  WatchFixture fixture;
  fixture.watch.expect("shared-1");
  fixture.pass(seconds(90));
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported() == Reports{"shared-1 lost"});
  fixture.watch.look();
  CHECK(fixture.reported().empty());
  fixture.happened("node/shared-1", NodeLost{"silent"});
  fixture.watch.look();
  fixture.watch.look();
  CHECK(fixture.reported() == Reports{"shared-1 ready"});
}

TEST_CASE("what others report of a node is known") {
  WatchFixture fixture;
  fixture.happened("node/shared-1", NodeBecameReady{});
  fixture.happened("node/shared-1", NodeLost{"by an operator"});
  fixture.pass(seconds(90));
  CHECK(fixture.reported().empty());
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported() == Reports{"shared-1 ready"});
}

TEST_CASE("a node that was lost before the start is ready with its first heartbeat") {
  WatchFixture fixture;
  fixture.watch.expect("shared-1", false);
  fixture.pass(seconds(90));
  CHECK(fixture.reported().empty());
  fixture.watch.beat("shared-1");
  CHECK(fixture.reported() == Reports{"shared-1 ready"});
}

TEST_CASE("of a node that is withdrawn, and of nodes that nobody shares, nothing is said") {
  WatchFixture fixture;
  fixture.happened("node/shared-1", NodeBecameReady{});
  fixture.happened("node/us-east1-a-node-1", NodeBecameReady{});
  fixture.happened("shared_node/1", SharedNodeWithdrawn{"deregistered"});
  fixture.happened("node/shared-1", NodeLost{"withdrawn"});
  fixture.pass(seconds(90));
  fixture.watch.beat("shared-1");
  fixture.watch.beat("us-east1-a-node-1");
  CHECK(fixture.reported().empty());
  CHECK_FALSE(fixture.watch.sign_of("shared-1").has_value());
  CHECK_FALSE(fixture.watch.sign_of("us-east1-a-node-1").has_value());
}

TEST_CASE("a sign of a node is what it said last about its GPUs, and when it spoke") {
  WatchFixture fixture;
  fixture.watch.expect("shared-1");
  fixture.watch.beat("shared-1", {{50, 1'024, 24'576, 61}});
  fixture.clock.advance(seconds(10));
  fixture.watch.beat("shared-1");
  const auto sign = fixture.watch.sign_of("shared-1");
  REQUIRE(sign.has_value());
  CHECK(sign->last_seen == fixture.clock.now());
  REQUIRE(sign->telemetry.size() == 1);
  CHECK(sign->telemetry.front().temperature_c == 61);
}

TEST_CASE("nodes beat on many threads while the watch looks") {
  VirtualClock clock;
  std::atomic<int> reports = 0;
  HeartbeatWatch watch(clock, {seconds(90), std::chrono::milliseconds(1)},
                       [&](const std::string&, bool) { ++reports; });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 1'000; ++i) {
        const auto node = "shared-" + std::to_string(thread * 1'000 + i);
        watch.expect(node, i % 2 == 0);
        watch.beat(node, {{1, 2, 3, 4}});
        if (i % 4 == 0) watch.forget(node);
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(reports == 2'000);
  CHECK(watch.sign_of("shared-1").has_value());
  CHECK_FALSE(watch.sign_of("shared-4").has_value());
}
