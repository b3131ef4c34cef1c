#include <regex>
#include <set>

#include <catch2/catch.hpp>

#include "http/auth/id_source.hpp"

using namespace orrery;

TEST_CASE("a drawn id is a version 4 UUID in lower case, and never the same twice") {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  SystemIdSource ids;
  std::set<std::string> seen;
  for (int count = 0; count < 100; ++count) {
    const auto id = ids.uuid();
    CHECK(std::regex_match(id, form));
    CHECK(seen.insert(id).second);
  }
}

TEST_CASE("a MAC address is locally administered and unicast") {
  SystemIdSource ids;
  for (int count = 0; count < 100; ++count) {
    const auto address = ids.mac_address();
    REQUIRE(std::regex_match(address, std::regex("([0-9a-f]{2}:){5}[0-9a-f]{2}")));
    CHECK((std::stoi(address.substr(0, 2), nullptr, 16) & 0x03) == 0x02);
  }
}

TEST_CASE("the same seed draws the same ids in the same order, another seed others") {
  SeededIdSource first(1);
  SeededIdSource second(1);
  SeededIdSource other(2);
  const auto drawn = first.uuid();
  CHECK(drawn == second.uuid());
  CHECK(drawn != other.uuid());
  CHECK(first.uuid() != drawn);
  CHECK(first.upper_hex(10).size() == 20);
}
