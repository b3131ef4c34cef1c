#include "storage/event_kinds.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "events/archive.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

/// Writes down that some other release knew these, tag and version, beside all of ours.
void remember_newer(EventLog& log, std::uint16_t tag, std::uint16_t version) {
  std::map<std::uint16_t, std::uint16_t> kinds;
  for (std::size_t i = 0; i < Events::size; ++i) kinds[Events::tags[i]] = Events::versions[i];
  kinds[tag] = version;
  Snapshot snapshot;
  ByteWriter writer(snapshot.bytes);
  writer(kinds);
  log.put_snapshot(event_kinds_snapshot, snapshot);
}

void commit_unknown(EventLog& log, std::uint16_t tag, std::uint16_t version) {
  Append append{"node/a", log.version_of("node/a"), {}, {}, {}};
  append.events.push_back({tag, version, "payload"});
  log.commit({&append, 1}, Time{}).front().value();
}

}  // namespace

TEST_CASE("a log of this release or an older one is taken, and what is known is remembered") {
  MemoryEventLog log;
  commit(log, {{"node/a", 0, {NodeLost{}}}});
  CHECK_FALSE(refuse_unknown_events(log));
  CHECK(log.snapshot(event_kinds_snapshot).has_value());
  CHECK_FALSE(refuse_unknown_events(log));
}

TEST_CASE("a log that a newer release has written is refused with position and remedy") {
  for (const auto& [tag, version] :
       {std::pair<std::uint16_t, std::uint16_t>{0x7f01, 1}, {Events::tags[0], 99}}) {
    MemoryEventLog log;
    commit(log, {{"node/a", 0, {NodeLost{}}}});
    commit_unknown(log, tag, version);
    remember_newer(log, tag, version);
    const auto refusal = refuse_unknown_events(log);
    REQUIRE(refusal);
    CHECK(refusal->position == 2);
    CHECK(refusal->message.find("is unknown to this release. A newer one wrote it") !=
          std::string::npos);
  }
}

TEST_CASE("a newer release that wrote nothing new does no harm") {
  MemoryEventLog log;
  commit(log, {{"node/a", 0, {NodeLost{}}}});
  remember_newer(log, 0x7f01, 1);
  CHECK_FALSE(refuse_unknown_events(log));
  commit_unknown(log, 0x7f01, 1);  // Now remembered is what this release knows.
  CHECK_FALSE(refuse_unknown_events(log));
}

TEST_CASE("what is remembered illegibly is not believed") {
  MemoryEventLog log;
  commit_unknown(log, 0x7f01, 1);
  log.put_snapshot(event_kinds_snapshot, {0, 0, "?"});
  CHECK(refuse_unknown_events(log)->position == 1);
}
