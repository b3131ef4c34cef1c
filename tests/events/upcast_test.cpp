#include "events/upcast/upcasters.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

// A door that began as a number, got a name for its state, and then a reason. Only the last form is
// what the program works with.
namespace {

struct DoorMovedV1 {
  std::uint8_t open = 0;
  BOOST_DESCRIBE_CLASS(DoorMovedV1, (), (open), (), ())
};
struct DoorMovedV2 {
  std::string state;
  BOOST_DESCRIBE_CLASS(DoorMovedV2, (), (state), (), ())
};
struct DoorMoved {
  std::string state;
  std::string reason;
  bool operator==(const DoorMoved&) const = default;
  BOOST_DESCRIBE_CLASS(DoorMoved, (), (state, reason), (), ())
};

DoorMovedV2 name_the_state(DoorMovedV1 old) { return {old.open ? "open" : "closed"}; }
DoorMoved give_a_reason(DoorMovedV2 old) { return {std::move(old.state), "unknown"}; }

using DoorUpcasters =
    boost::mp11::mp_list<Upcast<0x0F01, 1, DoorMovedV1, DoorMovedV2, name_the_state>,
                         Upcast<0x0F01, 2, DoorMovedV2, DoorMoved, give_a_reason>>;

template <class Stored>
std::optional<DoorMoved> upcast(std::uint16_t tag, std::uint16_t version, Stored stored) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer(stored);
  ByteReader reader(bytes);
  DoorMoved event;
  if (!UpcastTo<DoorUpcasters, DoorMoved>::read(tag, version, reader, event)) return std::nullopt;
  CHECK(reader.exhausted());
  return event;
}

}  // namespace

TEST_CASE("an old version is upcast step by step to the current one") {
  CHECK(upcast(0x0F01, 1, DoorMovedV1{1}) == DoorMoved{"open", "unknown"});
  CHECK(upcast(0x0F01, 2, DoorMovedV2{"ajar"}) == DoorMoved{"ajar", "unknown"});
}

TEST_CASE("a version from which no step leads on is not upcast") {
  CHECK(!upcast(0x0F01, 9, DoorMovedV1{1}));
  CHECK(!upcast(0x0F02, 1, DoorMovedV1{1}));
}
