#include "storage/event_log_actor.hpp"

#include <catch2/catch.hpp>

#include "storage/memory/memory_event_log.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/system_clock.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

struct BackwardClock : Clock {
  mutable std::int64_t next = 1000;
  Time now() const override { return Time(std::chrono::microseconds(next--)); }
};

struct Listener : CommitListener {
  std::vector<RecordedEvent> seen;
  void on_commit(const CommittedBatch& batch) override {
    seen.insert(seen.end(), batch->begin(), batch->end());
  }
};

AppendEvents append(std::string stream, Version version, std::vector<Event> events,
                    std::string command_id = {}) {
  return {std::move(stream), version, {"test", 0, "c"}, std::move(command_id), std::move(events)};
}

/// A log actor on a thread of its own.
struct RunningLog {
  explicit RunningLog(EventLog& event_log, const Clock& clock)
      : actor(spawn_event_log(system, {&event_log, &clock, {&listener}}, true)) {}
  ~RunningLog() { caf::anon_send_exit(actor, caf::exit_reason::user_shutdown); }

  boost::system::result<Appended, AppendError> ask(AppendEvents events) {
    boost::system::result<Appended, AppendError> result = AppendError::too_large;
    self->request(actor, caf::infinite, std::move(events))
        .receive([&](const Appended& appended) { result = appended; },
                 [&](const caf::error& error) { result = append_error_of(error).value(); });
    return result;
  }

  caf::actor_system_config configuration;
  caf::actor_system system{configuration};
  Listener listener;
  caf::scoped_actor self{system};
  caf::actor actor;
};

}  // namespace

TEST_CASE("the log actor answers, tells listeners first, and hands batches to tailers") {
  MemoryEventLog log;
  const SystemClock clock;
  RunningLog running(log, clock);
  Position head = 99;
  running.self->request(running.actor, caf::infinite, Subscribe{running.self})
      .receive([&](Position answered) { head = answered; }, [](const caf::error&) { FAIL(); });
  CHECK(head == 0);

  const std::vector<Event> events{NodeBecameReady{}, NodeLost{"r"}};
  CHECK(running.ask(append("node/a", 0, events, "id")).value() == Appended{1, 2, 2, false});
  REQUIRE(running.listener.seen.size() == 2);
  CHECK(running.listener.seen[1].version == 2);
  CHECK(running.listener.seen[1].stream == "node/a");
  CHECK(running.listener.seen[1].event == events[1]);
  CHECK(running.listener.seen[1].origin.correlation == "c");
  running.self->receive([&](const CommittedBatch& batch) { CHECK(batch->size() == 2); });

  CHECK(running.ask(append("node/a", 0, events, "id")).value() == Appended{1, 2, 2, true});
  CHECK(running.ask(append("node/a", 7, events)).error() == AppendError::wrong_expected_version);
  CHECK(running.listener.seen.size() == 2);
  CHECK(read_all(log).size() == 2);
}

TEST_CASE("who is told the time by the log has seen everything that happened before") {
  MemoryEventLog log;
  const SystemClock clock;
  RunningLog running(log, clock);
  running.self->request(running.actor, caf::infinite, Subscribe{running.self})
      .receive([](Position) {}, [](const caf::error&) { FAIL(); });
  constexpr Version appends = 200;
  for (Version version = 0; version < appends; ++version) {
    running.self->send(running.actor, append("node/a", version, {NodeLost{"r"}}));
    running.self->send(running.actor, AskTime{running.self});
  }
  Time last_event{}, told{};
  std::size_t events = 0, answers = 0;
  while (events < appends || answers < appends)
    running.self->receive(
        [&](const CommittedBatch& batch) {
          for (const auto& recorded : *batch) CHECK(recorded.time >= told);
          last_event = batch->back().time;
          events += batch->size();
        },
        [&](const LogTime& time) {
          CHECK(time.now >= last_event);
          CHECK(time.now >= told);
          told = time.now;
          ++answers;
        },
        [](const Appended&) {});
}

TEST_CASE("times in the log never go backwards, not even over a restart") {
  MemoryEventLog log;
  BackwardClock clock;
  {
    RunningLog running(log, clock);
    running.ask(append("node/a", 0, {NodeBecameReady{}})).value();
    running.ask(append("node/a", 1, {NodeLost{"r"}})).value();
  }
  clock.next = 5;
  RunningLog running(log, clock);
  running.ask(append("node/a", 2, {NodeBecameReady{}})).value();
  const auto events = read_all(log);
  CHECK(events[0].time <= events[1].time);
  CHECK(events[1].time <= events[2].time);
}

TEST_CASE("errors of the log reach whoever asked") {
  MemoryEventLog log;
  const SystemClock clock;
  RunningLog running(log, clock);
  log.set_fate([] { return CommitFate::disk_full; });
  CHECK(running.ask(append("node/a", 0, {NodeBecameReady{}})).error() == AppendError::disk_full);
  CHECK(running.ask(append("node/a", 0, {})).error() == AppendError::disk_full);
  log.set_fate([] { return CommitFate::fails_after_write; });
  CHECK(running.ask(append("node/a", 0, {NodeBecameReady{}})).error() == AppendError::read_only);
  CHECK(running.listener.seen.empty());
}

TEST_CASE("many appends at once share commits, overlap, and are all answered in order") {
  const TemporaryDirectory directory;
  const auto log = open_rocksdb_event_log({directory.path}).value();
  const SystemClock clock;
  RunningLog running(*log, clock);
  constexpr int count = 5000;
  for (int i = 0; i < count; ++i)
    running.self->send(running.actor,
                       append("node/" + std::to_string(i % 50), static_cast<Version>(i / 50),
                              {NodeLost{std::to_string(i)}}));
  Position last = 0;
  for (int i = 0; i < count; ++i)
    running.self->receive(
        [&](const Appended& appended) {
          CHECK(appended.first_position > last);
          last = appended.last_position;
        },
        [](const caf::error& error) { FAIL(caf::to_string(error)); });
  CHECK(last == count);
  CHECK(running.listener.seen.size() == count);
  for (std::size_t i = 0; i < count; ++i) REQUIRE(running.listener.seen[i].position == i + 1);
  CHECK(log->head() == count);
}
