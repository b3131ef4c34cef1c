#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "events/codec.hpp"

using namespace orrery;

namespace {

std::string payload_of(const Event& event) {
  std::string payload;
  encode(event, payload);
  return payload;
}

Event arbitrary_event() {
  const auto text = [] { return *rc::gen::arbitrary<std::string>(); };
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return LeaseGranted{text(), *rc::gen::arbitrary<std::vector<std::uint32_t>>(),
                          *rc::gen::arbitrary<std::uint64_t>()};
    case 1:
      return ImagePublished{text(), text(), *rc::gen::arbitrary<std::vector<std::string>>(), {}};
    case 2:
      return OperationStarted{text(), text(), DeleteVm{}};
    case 3:
      return OperationStarted{
          text(), text(),
          CreateVm{{text(), text(), text(), text(), text(), text(), text(), 3, {text(), text()}},
                   {text(), text(), text(), text(), text()}}};
    default:
      return SessionRefreshed{text(), text(), *rc::gen::arbitrary<std::int64_t>(), -1};
  }
}

}  // namespace

TEST_CASE("any event survives encoding and decoding") {
  CHECK(rc::check("round trip", [] {
    const auto event = arbitrary_event();
    const auto decoded = decode(tag_of(event), version_of(event), payload_of(event));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == event);
  }));
}

TEST_CASE("any bytes under any tag decode or fail, and never crash") {
  CHECK(rc::check("random bytes", [] {
    const auto bytes = *rc::gen::arbitrary<std::string>();
    for (const auto tag : Events::tags)
      if (const auto decoded = decode(tag, 1, bytes)) RC_ASSERT(tag_of(*decoded) == tag);
    RC_ASSERT(decode(*rc::gen::arbitrary<std::uint16_t>(), 9999, bytes).has_error());
  }));
}

TEST_CASE("a payload with changed bytes decodes or fails, and never crashes") {
  CHECK(rc::check("mutations", [] {
    const auto event = arbitrary_event();
    auto payload = payload_of(event);
    const auto changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes && !payload.empty(); ++i)
      payload[*rc::gen::inRange<std::size_t>(0, payload.size())] = *rc::gen::arbitrary<char>();
    decode(tag_of(event), version_of(event), payload);
    decode(tag_of(event), version_of(event), payload.substr(0, payload.size() / 2));
  }));
}

TEST_CASE("a length far beyond the input is refused before anything is allocated") {
  const Event event = ImagePublished{};
  const std::string huge("\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
  CHECK(decode(tag_of(event), 1, huge).error() == DecodeError::malformed_payload);
  CHECK(decode(tag_of(event), 1, std::string(event_payload_bytes_max + 1, '\0')).error() ==
        DecodeError::malformed_payload);
}

TEST_CASE("unknown tags and versions are told apart") {
  CHECK(decode(0x0FFF, 1, "").error() == DecodeError::unknown_tag);
  CHECK(decode(0xFFFF, 1, "").error() == DecodeError::unknown_tag);
  CHECK(decode(tag_of(Event{NodeBecameReady{}}), 2, "").error() == DecodeError::unknown_version);
}
