#include "http/auth/peer_group.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("whoever has a network of IPv6 addresses is one peer") {
  CHECK(peer_group("2001:db8:1:2::1") == peer_group("2001:db8:1:2:ffff::9"));
  CHECK(peer_group("2001:db8:1:2::1") != peer_group("2001:db8:1:3::1"));
  CHECK(peer_group("2001:db8:1:2::1%eth0") == peer_group("2001:db8:1:2::1"));
}

TEST_CASE("an IPv4 address is one peer, however it is written") {
  CHECK(peer_group("192.0.2.1") == "192.0.2.1");
  CHECK(peer_group("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(peer_group("192.0.2.1") != peer_group("192.0.2.2"));
  CHECK(peer_group("").empty());
}
