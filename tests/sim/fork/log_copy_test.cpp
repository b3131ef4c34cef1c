#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "events/codec.hpp"
#include "sim/fork/log_copy.hpp"
#include "storage/memory/memory_event_log.hpp"

using namespace orrery;

namespace {

constexpr Time noon{std::chrono::hours(12)};

std::string payload_of(const Event& event) {
  std::string payload;
  encode(event, payload);
  return payload;
}

/// Some appends, each of so many events, on few streams; some with a command id.
struct Commit {
  std::vector<std::pair<unsigned, unsigned>> appends;
};

void commit(MemoryEventLog& log, const Commit& wish, std::size_t number) {
  const Event event = NodeLost{"gone"};
  const auto payload = payload_of(event);
  std::vector<std::string> streams, ids;
  streams.reserve(wish.appends.size());
  ids.reserve(wish.appends.size());
  std::map<std::string, Version> versions;
  std::vector<Append> group;
  for (const auto& [stream, count] : wish.appends) {
    streams.push_back("node/" + std::to_string(stream));
    ids.push_back(stream == 0 ? std::string()
                              : std::to_string(number) + "." + std::to_string(group.size()));
    const auto known = versions.try_emplace(streams.back(), log.version_of(streams.back())).first;
    Append append{streams.back(), known->second, {"somebody", number, "why"}, ids.back(), {}};
    append.events.assign(count, {tag_of(event), version_of(event), payload});
    known->second += count;
    group.push_back(std::move(append));
  }
  for (const auto& result : log.commit(group, noon + std::chrono::seconds(number)))
    REQUIRE(result.has_value());
}

void fill(MemoryEventLog& log, const std::vector<Commit>& commits) {
  std::size_t number = 0;
  for (const auto& each : commits) commit(log, each, ++number);
}

struct Seen {
  std::vector<std::string> events;
  std::vector<ChainHash> hashes;
};

Seen seen(const EventLog& log, Position to) {
  Seen all;
  REQUIRE(log.read(1, to,
                   [&](const StoredEvent& stored) {
                     all.events.push_back(
                         std::string(stored.stream) + "@" + std::to_string(stored.version) + " " +
                         std::string(stored.actor) + std::to_string(stored.causation) +
                         std::string(stored.correlation) + std::string(stored.command_id) +
                         std::to_string(stored.time.time_since_epoch().count()) +
                         std::string(stored.payload));
                     all.hashes.push_back(*stored.previous_hash);
                     return true;
                   })
              .has_value());
  return all;
}

const std::vector<Commit> small_history{{{{0, 2}, {0, 1}, {1, 3}}}, {{{2, 1}}}, {{{1, 2}, {0, 2}}}};

}  // namespace

TEST_CASE("a copy of a whole log has its hash") {
  MemoryEventLog log, copy;
  fill(log, small_history);
  const auto copied = copy_log(log, log.head(), copy, {});
  REQUIRE(copied.has_value());
  CHECK(copied->position == 11);
  CHECK(copied->is_whole);
  CHECK(copied->chain_hash == log.chain_hash());
  CHECK(copy.chain_hash() == log.chain_hash());
}

TEST_CASE("a copy ends before an append that it would cut") {
  MemoryEventLog log, copy;
  fill(log, small_history);
  const auto copied = copy_log(log, 5, copy, {});  // Inside of the third append.
  REQUIRE(copied.has_value());
  CHECK(copied->position == 3);
  CHECK_FALSE(copied->is_whole);
  CHECK(copied->time == noon + std::chrono::seconds(1));
}

TEST_CASE("a copy up to the end of a commit has that commit's hash") {
  MemoryEventLog log, copy;
  fill(log, small_history);
  const auto copied = copy_log(log, 6, copy, {});
  REQUIRE(copied.has_value());
  CHECK(copied->is_whole);
  CHECK(copied->chain_hash == seen(log, 7).hashes.back());
}

TEST_CASE("a copied log goes its own way after the fork, and says so") {
  MemoryEventLog log, copy;
  fill(log, small_history);
  const auto copied = copy_log(log, 7, copy, {});
  REQUIRE(copied.has_value());
  REQUIRE(mark_fork(*copied, "what if", copy).has_value());
  CHECK(copy.head() == 8);
  Event last;
  REQUIRE(copy.read(8, 8,
                    [&](const StoredEvent& stored) {
                      last = record(stored).event;
                      return true;
                    })
              .has_value());
  const auto* forked = std::get_if<LogForked>(&last);
  REQUIRE(forked != nullptr);
  CHECK(forked->position == 7);
  CHECK(forked->chain_hash.size() == 64);
  CHECK(forked->reason == "what if");
  commit(copy, {{{5, 1}}}, 9);
  CHECK(copy.head() == 9);
}

TEST_CASE("a fork pauses the webhooks of its original, each once") {
  MemoryEventLog log, copy;
  const auto append = [&](const std::string& stream, const Event& event) {
    const auto payload = payload_of(event);
    Append one{stream, log.version_of(stream), {}, {}, {}};
    one.events.push_back({tag_of(event), version_of(event), payload});
    REQUIRE(log.commit({&one, 1}, noon).front().has_value());
  };
  for (const auto* stream : {"webhook/sends", "webhook/rests", "webhook/gone"})
    append(stream, WebhookRegistered{"https://example.org", {}, {}, 0});
  append("webhook/rests", WebhookPaused{"somebody said so"});
  append("webhook/gone", WebhookDeleted{});
  const auto copied = copy_log(log, log.head(), copy, {});
  REQUIRE(copied.has_value());
  REQUIRE(pause_webhooks(*copied, copy).has_value());
  REQUIRE(pause_webhooks(*copied, copy).has_value());
  REQUIRE(copy.head() == 6);
  CHECK(seen(copy, 6).events.back().starts_with("webhook/sends@2 cli/fork"));
  CHECK(copy.version_of("webhook/rests") == 2);
}

TEST_CASE("only an empty log takes a copy") {
  MemoryEventLog log, copy;
  fill(log, small_history);
  fill(copy, small_history);
  CHECK_FALSE(copy_log(log, log.head(), copy, {}).has_value());
}

TEST_CASE("a copy is the original event by event, and hash by hash up to its last commit") {
  rc::check([] {
    const auto append = rc::gen::pair(rc::gen::inRange(0U, 4U), rc::gen::inRange(1U, 4U));
    const auto appends = rc::gen::resize(
        4,
        rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(append)));
    const auto drawn = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::vector<std::pair<unsigned, unsigned>>>>(appends));
    MemoryEventLog log;
    std::vector<Commit> commits;
    for (const auto& each : drawn) commits.push_back({each});
    fill(log, commits);
    const auto to = *rc::gen::inRange<Position>(1, log.head() + 1);
    MemoryEventLog copy;
    const auto copied = copy_log(log, to, copy, {});
    RC_ASSERT(copied.has_value());
    RC_ASSERT(copied->position <= to);
    RC_ASSERT(copied->position + 3 > to || copied->position == to);
    RC_ASSERT(copy.head() == copied->position);
    const auto original = seen(log, copied->position);
    const auto same = seen(copy, copied->position);
    RC_ASSERT(original.events == same.events);
    RC_ASSERT(original.hashes == same.hashes);
    if (copied->is_whole && copied->position == log.head())
      RC_ASSERT(copy.chain_hash() == log.chain_hash());
  });
}
