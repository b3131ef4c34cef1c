#include "http/upstream/event_buffer.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace orrery;

namespace {

std::string taken(EventBuffer& buffer) {
  std::string out;
  while (buffer.take(out)) {
  }
  return out;
}

}  // namespace

TEST_CASE("whole events are given, whatever ends their lines") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    EventBuffer buffer(1024);
    const auto event = "data: a" + end + end;
    buffer.append(event + "data: b" + end);
    CHECK(taken(buffer) == event);
    CHECK(buffer.is_between_events());
    buffer.append(end);
    CHECK(taken(buffer) == "data: b" + end + end);
  }
}

TEST_CASE("an event that doesn't end stays until the stream does") {
  EventBuffer buffer(1024);
  buffer.append("data: [DO");
  CHECK(taken(buffer).empty());
  buffer.append("NE]\n");
  CHECK_FALSE(buffer.is_exhausted());
  buffer.end();
  CHECK(taken(buffer) == "data: [DONE]\n");
  CHECK(buffer.is_exhausted());
}

TEST_CASE("a stream that breaks loses the event that has no end, and says why") {
  EventBuffer buffer(1024);
  buffer.append("data: a\n\ndata: {\"cho");
  buffer.fail("data: broken\n\n");
  CHECK(taken(buffer) == "data: a\n\ndata: broken\n\n");
  CHECK(buffer.is_exhausted());
  buffer.append("data: late\n\n");
  CHECK(taken(buffer).empty());
}

TEST_CASE("an event larger than the buffer is given in parts") {
  EventBuffer buffer(8);
  buffer.append("data: 12345678");
  CHECK(buffer.room() == 0);
  CHECK(taken(buffer) == "data: 12");
  CHECK_FALSE(buffer.is_between_events());
  SECTION("and goes on") {
    buffer.append("34\n\n");
    CHECK(taken(buffer) == "34\n\n");
    CHECK(buffer.is_between_events());
  }
  SECTION("and where it breaks, the client's part of it ends") {
    buffer.append("34");
    buffer.fail("data: broken\n\n");
    CHECK(taken(buffer) == "\n\ndata: broken\n\n");
  }
}

TEST_CASE("events come out as they went in, however they are cut") {
  rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::element('a', '\n', '\r', ':')));
    const auto bytes_max = *rc::gen::inRange<std::size_t>(1, 40);
    EventBuffer buffer(bytes_max);
    std::string given, all;
    for (std::string_view piece : pieces) {
      while (!piece.empty()) {
        const auto part = piece.substr(0, buffer.room());
        buffer.append(part);
        all += part;
        piece.remove_prefix(part.size());
        given += taken(buffer);
        RC_ASSERT(buffer.room() > 0U);
      }
    }
    buffer.end();
    given += taken(buffer);
    RC_ASSERT(given == all);
    RC_ASSERT(buffer.is_exhausted());
  });
}
