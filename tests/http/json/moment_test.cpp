#include "http/json/moment.hpp"

#include <catch2/catch.hpp>

#include "storage/memory/memory_event_log.hpp"
#include "tests/storage/log_fixture.hpp"

using namespace orrery;

TEST_CASE("a moment is a position or a time, and nothing else") {
  CHECK(read_moment("4711") == Moment{Position{4711}});
  CHECK(read_moment("1970-01-01T00:00:10Z") == Moment{Time{std::chrono::seconds(10)}});
  CHECK(read_moment("1970-01-01T01:00:10+01:00") == Moment{Time{std::chrono::seconds(10)}});
  for (const auto* text : {"", "-1", "+1", "1.0", "yesterday", "1970-01-01", "99999999999999999999",
                           "-2026-01-01T00:00:00Z", "4711 "}) {
    CAPTURE(text);
    CHECK_FALSE(read_moment(text).has_value());
  }
}

TEST_CASE("a moment means the last event that had happened; the future means none") {
  MemoryEventLog log;
  commit(log, {{"node/a", 0, {NodeLost{}}}}, Time{std::chrono::seconds(10)});
  commit(log, {{"node/a", 1, {NodeLost{}}}}, Time{std::chrono::seconds(20)});
  const Time now{std::chrono::seconds(30)};
  const auto position = [&](std::string_view text) {
    return position_of_moment(log, text, log.head(), now).value();
  };
  CHECK(position("0") == 0);
  CHECK(position("2") == 2);
  CHECK(position("1970-01-01T00:00:15Z") == 1);
  CHECK(position("1970-01-01T00:00:30Z") == 2);
  const auto kind = [&](std::string_view text) {
    return position_of_moment(log, text, log.head(), now).error().kind;
  };
  CHECK(kind("3") == MomentFault::Kind::in_the_future);
  CHECK(kind("1970-01-01T00:00:31Z") == MomentFault::Kind::in_the_future);
  CHECK(kind("soon") == MomentFault::Kind::unreadable);
}
