#include "actors/runtime/tail_shell.hpp"

#include <catch2/catch.hpp>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace orrery;

namespace {

/// Counts nodes, and owes the count of those that it saw since it was asked.
struct NodeCounter {
  static constexpr std::string_view name = "test_counter";
  using Owed = std::string;

  std::uint64_t count = 0;
  std::uint64_t noted = 0;

  void apply(const RecordedEvent& recorded) {
    if (!std::holds_alternative<NodeRegistered>(recorded.event)) return;
    ++count;
    ++noted;
  }
  std::vector<std::string> due() {
    if (noted == 0) return {};
    return {"due " + std::to_string(std::exchange(noted, 0))};
  }
  std::vector<std::string> resume() {
    noted = 0;
    return {"resume " + std::to_string(count)};
  }
  void save(std::string& out) const {
    ByteWriter writer(out);
    writer(count);
  }
  void load(std::string_view bytes) {
    ByteReader reader(bytes);
    reader(count);
  }
};
static_assert(Tailer<NodeCounter>);

/// Keeps what was sent.
struct Sent {
  std::vector<std::string>& messages;
  void send(std::vector<std::string> owed) {
    messages.insert(messages.end(), owed.begin(), owed.end());
  }
  void retry() { messages.emplace_back("retry"); }
};

struct TailFixture : ActorFixture {
  std::vector<std::string> messages;

  caf::actor spawn_tail(std::uint64_t snapshot_interval = 1'000) {
    return system.spawn(tail_actor<NodeCounter, Sent>, log, TailConfiguration{snapshot_interval},
                        [this](caf::event_based_actor*, NodeCounter&) {
                          return std::make_shared<Sent>(Sent{messages});
                        });
  }
  void register_node(const std::string& id) {
    caf::anon_send(log.actor, AppendEvents{"node/" + id, 0, {}, {}, {NodeRegistered{}}});
    run();
  }
};

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("a tailer folds the past silently, resumes once, and then owes batch by batch") {
  TailFixture fixture;
  fixture.register_node("n1");
  fixture.register_node("n2");
  const auto tail = fixture.spawn_tail();
  fixture.run();
  CHECK(fixture.messages == Messages{"resume 2"});
  fixture.register_node("n3");
  CHECK(fixture.messages == Messages{"resume 2", "due 1"});
  caf::anon_send_exit(tail, caf::exit_reason::kill);
}

TEST_CASE("commits while a tailer starts are neither lost nor folded twice") {
  TailFixture fixture;
  fixture.register_node("n1");
  const auto tail = fixture.spawn_tail();
  for (const auto* id : {"n2", "n3", "n4"})
    caf::anon_send(fixture.log.actor,
                   AppendEvents{stream_name("node", id), 0, {}, {}, {NodeRegistered{}}});
  fixture.run();
  Position applied = 0;
  auto response = fixture.sender->request(tail, caf::infinite, AskApplied{});
  fixture.run();
  response.receive([&](Position position) { applied = position; }, [](const caf::error&) {});
  CHECK(applied == 4);
  caf::anon_send_exit(tail, caf::exit_reason::user_shutdown);
  fixture.run();
  NodeCounter saved;
  saved.load(fixture.memory_log.snapshot("tail/test_counter")->bytes);
  CHECK(saved.count == 4);
}

TEST_CASE("a tailer goes on from its snapshot") {
  TailFixture fixture;
  const auto tail = fixture.spawn_tail(2);
  fixture.run();
  for (const auto* id : {"n1", "n2", "n3"}) fixture.register_node(id);
  caf::anon_send_exit(tail, caf::exit_reason::kill);
  fixture.run();
  const auto snapshot = fixture.memory_log.snapshot("tail/test_counter");
  REQUIRE(snapshot);
  CHECK(snapshot->position == 2);
  const auto next = fixture.spawn_tail();
  fixture.run();
  CHECK(fixture.messages.back() == "resume 3");
  caf::anon_send_exit(next, caf::exit_reason::kill);
}

TEST_CASE("a snapshot beyond the end of the log or damaged is passed over") {
  TailFixture fixture;
  fixture.register_node("n1");
  fixture.memory_log.put_snapshot("tail/test_counter", {99, 0, std::string(8, '\x01')});
  auto tail = fixture.spawn_tail();
  fixture.run();
  CHECK(fixture.messages.back() == "resume 1");
  caf::anon_send_exit(tail, caf::exit_reason::kill);
  fixture.run();
  fixture.memory_log.put_snapshot("tail/test_counter", {1, 0, "cut"});
  tail = fixture.spawn_tail();
  fixture.run();
  CHECK(fixture.messages.back() == "resume 1");
  caf::anon_send_exit(tail, caf::exit_reason::kill);
}

TEST_CASE("a tick makes a tailer repeat what failed") {
  TailFixture fixture;
  const auto tail = fixture.spawn_tail();
  fixture.run();
  caf::anon_send(tail, Tick{});
  fixture.run();
  CHECK(fixture.messages.back() == "retry");
  caf::anon_send_exit(tail, caf::exit_reason::kill);
}
