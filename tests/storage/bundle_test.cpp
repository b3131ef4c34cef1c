#include "storage/bundle/bundle.hpp"

#include <sstream>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "storage/memory/memory_event_log.hpp"
#include "storage/position_at.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

const auto untold = [](Position) {};

Time at(int second) { return Time{std::chrono::seconds(second)}; }

/// Three commits of two streams: appends of one stream and one origin beside each other, too.
std::unique_ptr<MemoryEventLog> small_log() {
  auto log = std::make_unique<MemoryEventLog>();
  commit(*log,
         {{"node/a", 0, {NodeBecameReady{}, NodeLost{"power"}}, "command-1"},
          {"node/a", 2, {NodeBecameReady{}}},
          {"node/b", 0, {NodeLost{"fire"}}}},
         at(10));
  commit(*log, {{"node/b", 1, {NodeBecameReady{}}, {}, {"process/node", 4, "correlation"}}},
         at(20));
  commit(*log, {{"node/a", 3, {NodeLost{"again"}}, {}, {"driver", 5, "correlation"}}}, at(30));
  return log;
}

std::string bundle_of(const EventLog& log, std::vector<std::string> streams = {}, Position from = 1,
                      Position to = ~Position{0}) {
  std::ostringstream out;
  write_bundle(log, from, to, std::move(streams), out, untold).value();
  return out.str();
}

boost::system::result<BundleImport, BundleFault> import(const std::string& bundle, EventLog& log) {
  std::istringstream in(bundle);
  return import_bundle(in, log, untold);
}

}  // namespace

TEST_CASE("a bundle of everything makes the same log, byte for byte") {
  const auto log = small_log();
  MemoryEventLog copy;
  const auto imported = import(bundle_of(*log), copy).value();
  CHECK(imported.is_identical);
  CHECK(imported.bundle.event_count == 6);
  CHECK(imported.bundle.commit_count == 3);
  CHECK(copy.chain_hash() == log->chain_hash());
  CHECK(time_at(copy, 5).value() == at(20));
  CHECK(bundle_of(copy) == bundle_of(*log));
}

TEST_CASE("a command that a bundle brought is known, and not done again") {
  const auto log = small_log();
  MemoryEventLog copy;
  import(bundle_of(*log), copy).value();
  const auto retried = commit_one(copy, {"node/a", 4, {NodeBecameReady{}}, "command-1"}).value();
  CHECK(retried == Appended{1, 2, 2, true});
}

TEST_CASE("a bundle of some streams counts positions anew, and causes follow") {
  const auto log = small_log();
  MemoryEventLog copy;
  const auto imported = import(bundle_of(*log, {"node/b"}), copy).value();
  CHECK_FALSE(imported.is_identical);
  CHECK(imported.foreign_cause_count == 0);
  const auto events = read_all(copy);
  REQUIRE(events.size() == 2);
  CHECK(events[0].event == Event{NodeLost{"fire"}});
  CHECK(events[0].time == at(10));
  CHECK(events[1].origin == Origin{"process/node", 1, "correlation"});
}

TEST_CASE("a cause that is not in the bundle is left out and counted") {
  const auto log = small_log();
  MemoryEventLog copy;
  const auto imported = import(bundle_of(*log, {"node/a"}), copy).value();
  CHECK(imported.foreign_cause_count == 1);
  CHECK(read_all(copy).back().origin == Origin{"driver", 0, "correlation"});
}

TEST_CASE("a kind names all its streams") {
  const auto log = small_log();
  CHECK(bundle_of(*log, {"node"}).size() > bundle_of(*log, {"node/a"}).size());
  MemoryEventLog copy;
  CHECK(import(bundle_of(*log, {"node"}), copy).value().bundle.event_count == 6);
  MemoryEventLog empty;
  CHECK(import(bundle_of(*log, {"vm"}), empty).value().bundle.event_count == 0);
}

TEST_CASE("a bundle goes on where another ended, and nowhere else") {
  const auto log = small_log();
  MemoryEventLog copy;
  CHECK(import(bundle_of(*log, {}, 1, 4), copy).value().is_identical);
  CHECK(import(bundle_of(*log, {}, 6), copy).error().message.find("ends at 4") !=
        std::string::npos);
  CHECK(import(bundle_of(*log, {}, 5), copy).value().is_identical);
  CHECK(copy.chain_hash() == log->chain_hash());

  MemoryEventLog other;
  commit(other, {{"node/x", 0, {NodeLost{}, NodeLost{}, NodeLost{}, NodeLost{}}}});
  CHECK(import(bundle_of(*log, {}, 5), other).error().message.find("another history") !=
        std::string::npos);
}

TEST_CASE("a stream without its beginning is not taken") {
  const auto log = small_log();
  MemoryEventLog copy;
  const auto fault = import(bundle_of(*log, {"node/b"}, 5), copy).error();
  CHECK(fault.message.find("node/b starts at version 2 at position 5") != std::string::npos);
}

TEST_CASE("an event that this release doesn't know is not taken, and named") {
  MemoryEventLog newer;
  Append append{"node/a", 0, {}, {}, {}};
  append.events.push_back({0x7f01, 1, "payload"});
  newer.commit({&append, 1}, Time{});
  MemoryEventLog copy;
  const auto fault = import(bundle_of(newer), copy).error();
  CHECK(fault.message.find("position 1: node/a: event 0x7f01 in version 1 is unknown") !=
        std::string::npos);
  CHECK(copy.head() == 0);
}

TEST_CASE("no bundle, and a bundle of a later version, are said to be that") {
  MemoryEventLog log;
  CHECK(import("", log).error().message.find("no bundle") != std::string::npos);
  CHECK(import(std::string(5000, '\0'), log).error().message.find("no bundle") !=
        std::string::npos);
  auto later = bundle_of(*small_log());
  later.replace(later.find("bundle 1"), 8, "bundle 2");
  CHECK(import(later, log).error().message.find("version 2") != std::string::npos);
}

TEST_CASE("any flipped bit of a bundle is found, with its place") {
  const auto bundle = bundle_of(*small_log());
  const auto header_size = bundle.find('\n', bundle.find('\n') + 1) + 1;
  for (std::size_t i = 0; i < bundle.size(); ++i)
    for (const int bit : {0, 3, 7}) {
      auto damaged = bundle;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      MemoryEventLog log;
      const auto imported = import(damaged, log);
      CAPTURE(i, bit);
      REQUIRE(imported.has_error());
      REQUIRE(imported.error().offset <= std::max(i, header_size));
    }
}

TEST_CASE("a bundle cut off anywhere, or with more behind it, is refused") {
  const auto bundle = bundle_of(*small_log());
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    MemoryEventLog log;
    REQUIRE(import(bundle.substr(0, size), log).has_error());
  }
  MemoryEventLog log;
  CHECK(import(bundle + "x", log).has_error());
}

TEST_CASE("whatever bytes come, reading a bundle ends with an answer") {
  const auto bundle = bundle_of(*small_log());
  CHECK(rc::check("hostile bundles", [&](std::vector<std::uint8_t> noise) {
    auto hostile = bundle.substr(0, *rc::gen::inRange<std::size_t>(0, bundle.size()));
    hostile.append(noise.begin(), noise.end());
    MemoryEventLog log;
    RC_ASSERT(import(hostile, log).has_error());
  }));
}

TEST_CASE("positions are found by time") {
  const auto log = small_log();
  CHECK(position_at(*log, at(9)).value() == 0);
  CHECK(position_at(*log, at(10)).value() == 4);
  CHECK(position_at(*log, at(29)).value() == 5);
  CHECK(position_at(*log, at(1'000)).value() == 6);
  CHECK(position_at(MemoryEventLog(), at(1)).value() == 0);
}
