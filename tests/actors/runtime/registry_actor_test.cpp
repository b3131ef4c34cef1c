#include "actors/runtime/registry_actor.hpp"

#include <catch2/catch.hpp>

#include "actors/runtime/registry_shell.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace orrery;

namespace {

const NodeRegistered description{"c1", "A40-48GB", 4};

struct RegistryFixture : ActorFixture {
  caf::actor registry;

  explicit RegistryFixture(RegistryConfiguration limits = {})
      : registry(spawn_registry<Node>(system, log, limits)) {}
  ~RegistryFixture() {
    sender->send_exit(registry, caf::exit_reason::user_shutdown);
    run();
  }

  Answer<Node> node(std::string id, Node::Command command) {
    return ask<Node>(registry, std::move(id), std::move(command));
  }
  std::size_t residents() {
    std::size_t count = 0;
    auto response = sender->request(registry, caf::infinite, CountResidents{});
    run();
    response.receive([&](std::size_t answer) { count = answer; },
                     [](const caf::error&) { FAIL("the registry is gone"); });
    return count;
  }
  void tick(int times) {
    for (int i = 0; i < times; ++i) sender->send(registry, Tick{});
    run();
  }
  static CommandMessage<Node> message(std::string id, Node::Command command) {
    return {std::move(id), std::move(command), Origin{"test", 0, "test"}, {}};
  }
};

}  // namespace

TEST_CASE("a command is answered with the version and position of its durable events") {
  RegistryFixture fixture;
  const auto registered = fixture.node("n1", Node::Register{description});
  REQUIRE(registered.accepted());
  CHECK(registered.outcome->version == 1);
  CHECK(registered.outcome->position == 1);
  const auto ready = fixture.node("n1", Node::ReportReady{});
  REQUIRE(ready.accepted());
  CHECK(ready.outcome->version == 2);
  CHECK(fixture.memory_log.version_of("node/n1") == 2);
}

TEST_CASE("a retry decides no events and a refusal is a value") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  const auto again = fixture.node("n1", Node::Register{description});
  REQUIRE(again.accepted());
  CHECK(again.outcome->position == 0);
  auto other = description;
  other.gpu_count = 8;
  const auto refused = fixture.node("n1", Node::Register{other});
  REQUIRE(refused.outcome);
  CHECK(refused.outcome->rejection == Node::Rejection::node_is_registered_differently);
  CHECK(fixture.memory_log.head() == 1);
}

TEST_CASE("commands of one sender to one aggregate are decided in the order in which they came") {
  RegistryFixture fixture;
  std::vector<CommandMessage<Node>> commands;
  commands.push_back(fixture.message("n1", Node::Register{description}));
  for (int i = 0; i < 20; ++i) {
    commands.push_back(fixture.message("n1", Node::Cordon{"check"}));
    commands.push_back(fixture.message("n1", Node::Uncordon{}));
  }
  const auto answers = fixture.ask_all<Node>(fixture.registry, std::move(commands));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    REQUIRE(answers[i].accepted());
    CHECK(answers[i].outcome->version == i + 1);
  }
}

TEST_CASE("an idle aggregate is put to rest and woken with its state") {
  RegistryFixture fixture({65'536, 2});
  fixture.node("n1", Node::Register{description});
  CHECK(fixture.residents() == 1);
  fixture.tick(1);
  CHECK(fixture.residents() == 1);
  fixture.tick(1);
  CHECK(fixture.residents() == 0);
  const auto ready = fixture.node("n1", Node::ReportReady{});
  REQUIRE(ready.accepted());
  CHECK(ready.outcome->version == 2);
}

TEST_CASE("commands that meet an aggregate on its way to rest are held back until it is gone") {
  RegistryFixture fixture({65'536, 1});
  fixture.node("n1", Node::Register{description});
  // The tick and the commands reach the registry together: the actor is told to rest first.
  fixture.sender->send(fixture.registry, Tick{});
  const auto answers = fixture.ask_all<Node>(
      fixture.registry,
      {fixture.message("n1", Node::ReportReady{}), fixture.message("n1", Node::Cordon{"check"})});
  REQUIRE(answers[0].accepted());
  REQUIRE(answers[1].accepted());
  CHECK(answers[0].outcome->version == 2);
  CHECK(answers[1].outcome->version == 3);
}

TEST_CASE("an aggregate told to rest during its append finishes the append first") {
  RegistryFixture fixture({65'536, 1});
  fixture.node("n1", Node::Register{description});
  auto response = fixture.sender->request(fixture.registry, caf::infinite,
                                          fixture.message("n1", Node::ReportReady{}));
  fixture.sender->send(fixture.registry, Tick{});
  fixture.run();
  bool accepted = false;
  response.receive([&](const Outcome<Node>& outcome) { accepted = !outcome.rejection; },
                   [](const caf::error&) {});
  CHECK(accepted);
  CHECK(fixture.residents() == 0);
  CHECK(fixture.memory_log.version_of("node/n1") == 2);
}

TEST_CASE("a wake beyond the bound puts the least recently used aggregate to rest") {
  RegistryFixture fixture({2, 1'000});
  fixture.node("n1", Node::Register{description});
  fixture.node("n2", Node::Register{description});
  fixture.node("n1", Node::ReportReady{});
  fixture.node("n3", Node::Register{description});
  CHECK(fixture.residents() == 2);
  // n2 was woken anew, with its state.
  CHECK(fixture.node("n2", Node::ReportReady{}).outcome->version == 2);
}

TEST_CASE("a terminal aggregate goes to rest by itself") {
  RegistryFixture fixture;
  const auto registry = spawn_registry<Operation>(fixture.system, fixture.log, {});
  fixture.ask<Operation>(registry, "o1", Operation::Start{{"p1", "v1", DeleteVm{}}});
  const auto done = fixture.ask<Operation>(registry, "o1", Operation::Succeed{});
  REQUIRE(done.accepted());
  std::size_t count = 1;
  auto response = fixture.sender->request(registry, caf::infinite, CountResidents{});
  fixture.run();
  response.receive([&](std::size_t answer) { count = answer; }, [](const caf::error&) {});
  CHECK(count == 0);
  const auto again = fixture.ask<Operation>(registry, "o1", Operation::Fail{"x", "y"});
  CHECK(again.outcome->rejection == Operation::Rejection::operation_has_ended_differently);
  fixture.sender->send_exit(registry, caf::exit_reason::user_shutdown);
}

TEST_CASE("a failed append is an error to the sender, and the aggregate comes back from the log") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  bool full = true;
  fixture.memory_log.set_fate([&] { return full ? CommitFate::disk_full : CommitFate::succeeds; });
  const auto failed = fixture.node("n1", Node::ReportReady{});
  CHECK_FALSE(failed.outcome);
  CHECK(append_error_of(failed.failure) == AppendError::disk_full);
  CHECK(fixture.residents() == 0);
  full = false;
  const auto retried = fixture.node("n1", Node::ReportReady{});
  REQUIRE(retried.accepted());
  CHECK(retried.outcome->version == 2);
}

TEST_CASE("commands behind a failed append are answered with an error, none is lost") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  int commits = 0;
  fixture.memory_log.set_fate(
      [&] { return commits++ == 0 ? CommitFate::disk_full : CommitFate::succeeds; });
  std::vector<CommandMessage<Node>> commands;
  for (int i = 0; i < 5; ++i) {
    commands.push_back(fixture.message("n1", Node::Cordon{"check"}));
    commands.push_back(fixture.message("n1", Node::Uncordon{}));
  }
  const auto answers = fixture.ask_all<Node>(fixture.registry, std::move(commands));
  CHECK_FALSE(answers.front().outcome);
  for (const auto& answer : answers) CHECK((answer.outcome || answer.failure));
  CHECK(fixture.node("n1", Node::Cordon{"again"}).outcome);
}

TEST_CASE("a command id that the log knows gets the first answer and no second event") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  const auto first = fixture.ask<Node>(fixture.registry, "n1", Node::Cordon{"a"}, "request-1");
  fixture.node("n1", Node::Uncordon{});
  const auto again = fixture.ask<Node>(fixture.registry, "n1", Node::Cordon{"a"}, "request-1");
  REQUIRE(again.accepted());
  CHECK(again.outcome->version == first.outcome->version);
  CHECK(again.outcome->position == first.outcome->position);
  CHECK(fixture.memory_log.version_of("node/n1") == 3);
  // The state is still the one after Uncordon.
  CHECK(fixture.node("n1", Node::Uncordon{}).outcome->position == 0);
}

TEST_CASE("a long stream is woken from a snapshot and the events after it") {
  RegistryFixture fixture({65'536, 1});
  fixture.node("n1", Node::Register{description});
  for (int i = 0; i < 40; ++i) {
    fixture.node("n1", Node::Cordon{"check"});
    fixture.node("n1", Node::Uncordon{});
  }
  const auto snapshot = fixture.memory_log.snapshot("node.4/n1");
  REQUIRE(snapshot);
  CHECK(snapshot->version == aggregate_snapshot_interval);
  const auto woken = replay<Node>(fixture.memory_log, "n1");
  CHECK(woken.version == 81);
  CHECK(std::get<Node::Registered>(woken.state).cordon_owners.empty());
}

TEST_CASE("a snapshot that can't be read is as good as none") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  fixture.memory_log.put_snapshot("node.4/n1", Snapshot{0, 1, "\xff"});
  const auto woken = replay<Node>(fixture.memory_log, "n1");
  CHECK(woken.version == 1);
  CHECK(std::holds_alternative<Node::Registered>(woken.state));
}

TEST_CASE("a snapshot of more events than the stream has is as good as none") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  Snapshot snapshot{0, 9, {}};
  ByteWriter writer(snapshot.bytes);
  writer(Node::State(Node::Registered{description, true, {"gpu-repair"}}));
  fixture.memory_log.put_snapshot("node.4/n1", snapshot);
  const auto woken = replay<Node>(fixture.memory_log, "n1");
  CHECK(woken.version == 1);
  CHECK(std::get<Node::Registered>(woken.state).cordon_owners.empty());
}

TEST_CASE("a snapshot of an older form, and one with bytes after its end, are as good as none") {
  RegistryFixture fixture;
  fixture.node("n1", Node::Register{description});
  // A node was saved under its stream's name when it had two addresses of four bytes.
  std::string old_form;
  ByteWriter old_writer(old_form);
  old_writer(Node::State(Node::Registered{description, false, {}}), std::uint64_t{0});
  fixture.memory_log.put_snapshot("node/n1", Snapshot{0, 1, old_form});
  CHECK(replay<Node>(fixture.memory_log, "n1").snapshot_version == 0);
  fixture.memory_log.put_snapshot("node.4/n1", Snapshot{0, 1, old_form});
  const auto woken = replay<Node>(fixture.memory_log, "n1");
  CHECK(woken.snapshot_version == 0);
  CHECK(std::get<Node::Registered>(woken.state).description == description);
}
