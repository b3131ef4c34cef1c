#include <catch2/catch.hpp>

#include "events/codec.hpp"

using namespace orrery;

TEST_CASE("an event comes back from its payload as it was") {
  const Event event = LeaseGranted{"node-7", {0, 3}, 42};
  std::string payload;
  encode(event, payload);
  CHECK(decode(tag_of(event), version_of(event), payload).value() == event);
}

TEST_CASE("a payload cut short anywhere is an error, never a crash") {
  std::string payload;
  const Event event = LeaseGranted{"node-7", {0, 3}, 42};
  encode(event, payload);
  for (std::size_t size = 0; size < payload.size(); ++size)
    CHECK(decode(tag_of(event), version_of(event), payload.substr(0, size)).error() ==
          DecodeError::malformed_payload);
}
