#include "tests/storage/event_log_contract.hpp"

#include <catch2/catch.hpp>

#include "tests/storage/log_fixture.hpp"

namespace orrery {
namespace {

Event event(int number) { return NodeLost{"reason " + std::to_string(number)}; }

void appends_are_numbered(EventLog& log) {
  CHECK(log.head() == 0);
  CHECK(log.chain_hash() == ChainHash{});
  const auto results =
      commit(log, {{"node/a", 0, {event(1), event(2)}}, {"node/b", 0, {event(3)}}});
  CHECK(results[0].value() == Appended{1, 2, 2, false});
  CHECK(results[1].value() == Appended{3, 3, 1, false});
  CHECK(commit_one(log, {"node/a", 2, {event(4)}}).value() == Appended{4, 4, 3, false});
  CHECK(log.head() == 4);
  CHECK(log.version_of("node/a") == 3);
  CHECK(log.version_of("node/absent") == 0);
}

void later_appends_of_a_group_see_earlier_ones(EventLog& log) {
  const auto results = commit(log, {{"node/a", 0, {event(1)}},
                                    {"node/a", 1, {event(2)}},
                                    {"node/a", 1, {event(3)}},
                                    {"node/b", 7, {event(4)}},
                                    {"node/a", 2, {event(5)}}});
  CHECK(results[1].value() == Appended{2, 2, 2, false});
  CHECK(results[2].error() == AppendError::wrong_expected_version);
  CHECK(results[3].error() == AppendError::wrong_expected_version);
  CHECK(results[4].value() == Appended{3, 3, 3, false});
  CHECK(log.head() == 3);
}

void a_known_command_gets_its_first_answer(LogUnderTest& under_test) {
  const AppendDraft draft{"node/a", 0, {event(1), event(2)}, "command-1"};
  const auto first = commit(under_test.log(), {draft, draft});
  CHECK(first[0].value() == Appended{1, 2, 2, false});
  CHECK(first[1].value() == Appended{1, 2, 2, true});
  commit_one(under_test.log(), {"node/a", 2, {event(3)}}).value();
  under_test.reopen();
  CHECK(commit_one(under_test.log(), draft).value() == Appended{1, 2, 2, true});
  CHECK(under_test.log().head() == 3);
}

void limits_are_refused(EventLog& log) {
  CHECK(commit_one(log, {"node/a", 0, {}}).error() == AppendError::too_large);
  CHECK(
      commit_one(log, {"node/a", 0, std::vector<Event>(append_events_max + 1, event(1))}).error() ==
      AppendError::too_large);
  CHECK(commit_one(log, {"node/a", 0, {NodeLost{std::string(event_payload_bytes_max, 'x')}}})
            .error() == AppendError::too_large);
  CHECK(commit_one(log, {std::string(append_text_bytes_max + 1, 'x'), 0, {event(1)}}).error() ==
        AppendError::too_large);
  CHECK(log.head() == 0);
  CHECK(commit_one(log, {"node/a", 0, std::vector<Event>(append_events_max, event(1))})
            .value()
            .version == append_events_max);
}

void events_come_back_with_their_envelope(LogUnderTest& under_test) {
  const Time now{std::chrono::microseconds(1'700'000'000'000'123)};
  const Origin origin{"account/a", 42, "request-1"};
  commit_one(under_test.log(), {"node/a", 0, {event(1), NodeBecameReady{}}, "id", origin}, now)
      .value();
  under_test.reopen();
  const auto events = read_all(under_test.log());
  REQUIRE(events.size() == 2);
  CHECK(events[1].position == 2);
  CHECK(events[1].stream == "node/a");
  CHECK(events[1].version == 2);
  CHECK(events[1].time == now);
  CHECK(events[1].origin == origin);
  CHECK(events[1].event == Event{NodeBecameReady{}});
  CHECK(events[0].event == event(1));
}

void ranges_and_streams_are_read_in_order(LogUnderTest& under_test) {
  for (Version version = 0; version < 300; ++version)
    commit(under_test.log(), {{"node/a", version, {event(static_cast<int>(version))}},
                              {"node/b", version * 2, {event(1), event(2)}}});
  for (int round = 0; round < 2; ++round, under_test.reopen()) {
    const auto& log = under_test.log();
    std::vector<Position> positions;
    const auto collect = [&](const StoredEvent& stored) {
      positions.push_back(stored.position);
      return positions.size() < 5;
    };
    log.read(100, log.head(), collect).value();
    CHECK(positions == std::vector<Position>{100, 101, 102, 103, 104});
    positions.clear();
    log.read(899, 5000, collect).value();
    CHECK(positions == std::vector<Position>{899, 900});
    positions.clear();
    log.read_stream("node/a", 298, collect).value();
    CHECK(positions == std::vector<Position>{892, 895, 898});
    const auto whole = read_stream(log, "node/b");
    REQUIRE(whole.size() == 600);
    for (std::size_t i = 0; i < whole.size(); ++i) REQUIRE(whole[i].version == i + 1);
    CHECK(read_stream(log, "node/b", 601).empty());
    CHECK(read_stream(log, "node/absent").empty());
  }
}

void long_ranges_are_read_ahead(EventLog& log) {
  for (Version version = 0; version < 100'000; version += 1000)
    commit_one(log, {"node/a", version, std::vector<Event>(1000, event(1))}).value();
  Position next = 5;
  log.read(5, log.head(),
           [&](const StoredEvent& stored) {
             REQUIRE(stored.position == next);
             ++next;
             return true;
           })
      .value();
  CHECK(next == log.head() + 1);
  int count = 0;
  log.read(1, log.head(), [&](const StoredEvent&) { return ++count < 10; }).value();
  CHECK(count == 10);
}

void every_event_names_the_hash_before_its_commit(EventLog& log) {
  commit(log, {{"node/a", 0, {event(1)}}, {"node/b", 0, {event(2)}}});
  const auto first = log.chain_hash();
  commit_one(log, {"node/a", 1, {event(3)}}).value();
  CHECK(first != log.chain_hash());
  std::vector<ChainHash> previous;
  log.read(1, 3,
           [&](const StoredEvent& stored) {
             previous.push_back(*stored.previous_hash);
             return true;
           })
      .value();
  CHECK(previous == std::vector<ChainHash>{ChainHash{}, ChainHash{}, first});
}

void snapshots_and_checkpoints_are_kept(LogUnderTest& under_test) {
  CHECK(!under_test.log().snapshot("view/vms"));
  CHECK(under_test.log().checkpoint("placement") == 0);
  under_test.log().put_snapshot("view/vms", {7, 0, "old"});
  under_test.log().put_snapshot("view/vms", {9, 3, std::string(3 << 20, 'n')});
  under_test.log().put_checkpoint("placement", 12);
  under_test.reopen();
  const auto snapshot = under_test.log().snapshot("view/vms");
  REQUIRE(snapshot);
  CHECK(snapshot->position == 9);
  CHECK(snapshot->version == 3);
  CHECK(snapshot->bytes == std::string(3 << 20, 'n'));
  CHECK(under_test.log().checkpoint("placement") == 12);
}

void a_reopened_log_goes_on(LogUnderTest& under_test) {
  for (int round = 0; round < 5; ++round) {
    const auto version = static_cast<Version>(round);
    CHECK(commit_one(under_test.log(), {"node/a", version, {event(round)}}).value().version ==
          version + 1);
    const auto hash = under_test.log().chain_hash();
    under_test.reopen();
    CHECK(under_test.log().chain_hash() == hash);
    CHECK(under_test.log().head() == version + 1);
    CHECK(under_test.log().writable());
  }
}

void groups_may_overlap(LogUnderTest& under_test) {
  auto& log = under_test.log();
  if (log.commits_in_flight_max() < 2) return;
  for (int round = 0; round < 40; ++round) {  // Enough for the index to go to disk in between.
    const auto version = static_cast<Version>(round) * 2;
    const auto first = begin(log, {{"node/a", version, {event(1)}, "first" + std::to_string(round)},
                                   {"node/b" + std::to_string(round), 0, {event(1)}}});
    CHECK(first[0].value().version == version + 1);
    const auto second = begin(log, {{"node/a", version + 1, {event(2)}},
                                    {"node/a", version, {event(3)}},
                                    {"x", 0, {event(1)}, "first" + std::to_string(round)}});
    CHECK(second[0].value().version == version + 2);
    CHECK(second[1].error() == AppendError::wrong_expected_version);
    CHECK(second[2].value().duplicate);
    CHECK(log.finish_commit());
    CHECK(log.version_of("node/a") >= version + 1);
    CHECK(log.finish_commit());
    CHECK(log.version_of("node/a") == version + 2);
    CHECK(log.head() == static_cast<Position>(round + 1) * 3);
  }
  const auto hash = log.chain_hash();
  begin(log, {{"node/c", 0, {event(1)}}});
  CHECK(commit_one(log, {"node/c", 1, {event(1)}}).value().version == 2);
  CHECK(log.chain_hash() != hash);
  under_test.reopen();
  CHECK(under_test.log().head() == 122);
  CHECK(read_stream(under_test.log(), "node/a").size() == 80);
}

}  // namespace

void check_event_log_contract(const std::function<std::unique_ptr<LogUnderTest>()>& fresh) {
  const auto under_test = fresh();
  auto& log = under_test->log();
  SECTION("appends are numbered") { appends_are_numbered(log); }
  SECTION("groups") { later_appends_of_a_group_see_earlier_ones(log); }
  SECTION("a known command") { a_known_command_gets_its_first_answer(*under_test); }
  SECTION("limits") { limits_are_refused(log); }
  SECTION("envelopes") { events_come_back_with_their_envelope(*under_test); }
  SECTION("ranges and streams") { ranges_and_streams_are_read_in_order(*under_test); }
  SECTION("long ranges") { long_ranges_are_read_ahead(log); }
  SECTION("chain") { every_event_names_the_hash_before_its_commit(log); }
  SECTION("snapshots and checkpoints") { snapshots_and_checkpoints_are_kept(*under_test); }
  SECTION("overlapping groups") { groups_may_overlap(*under_test); }
  SECTION("reopen") { a_reopened_log_goes_on(*under_test); }
}

}  // namespace orrery
