#include "http/upstream/upstream_target.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

bool on_network(const char* address) {
  return may_reach(UpstreamReach::network, boost::asio::ip::make_address(address));
}

bool on_this_host(const char* address) {
  return may_reach(UpstreamReach::this_host, boost::asio::ip::make_address(address));
}

}  // namespace

TEST_CASE("servers on the network are reached by their addresses") {
  for (const auto* address : {"10.0.0.7", "172.16.3.4", "192.168.1.9", "100.64.0.1", "8.8.8.8",
                              "2001:db8::7", "fd00::17", "::ffff:10.0.0.7"}) {
    INFO(address);
    CHECK(on_network(address));
    CHECK_FALSE(on_this_host(address));
  }
}

TEST_CASE("no address of the network leads back here or to its neighbourhood's services") {
  for (const auto* address : {"127.0.0.1",
                              "127.9.9.9",
                              "0.0.0.0",
                              "0.1.2.3",
                              "169.254.169.254",
                              "100.100.100.200",
                              "224.0.0.1",
                              "255.255.255.255",
                              "240.0.0.1",
                              "::",
                              "::1",
                              "fe80::1",
                              "ff02::1",
                              "fec0::1",
                              "fd00:ec2::254",
                              "::ffff:127.0.0.1",
                              "::ffff:169.254.169.254",
                              "::127.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "64:ff9b::a9fe:a9fe",
                              "2002:7f00:1::",
                              "2002:a9fe:a9fe::1"}) {
    INFO(address);
    CHECK_FALSE(on_network(address));
  }
}

TEST_CASE("what runs on this host is reached by loopback only") {
  for (const auto* address : {"127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"}) {
    INFO(address);
    CHECK(on_this_host(address));
  }
  for (const auto* address : {"0.0.0.0", "::", "169.254.169.254", "64:ff9b::127.0.0.1"}) {
    INFO(address);
    CHECK_FALSE(on_this_host(address));
  }
}

TEST_CASE("the internet is what everybody reaches, in whichever notation") {
  const auto may = [](const char* address) {
    return may_reach(UpstreamReach::internet, boost::asio::ip::make_address(address));
  };
  for (const auto* address : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
                              "192.0.3.1", "2a00:1450::7", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"}) {
    INFO(address);
    CHECK(may(address));
  }
  for (const auto* address :
       {"10.0.0.7",        "172.16.3.4",      "172.31.255.255",    "192.168.1.9",   "100.64.0.1",
        "100.127.255.255", "192.0.0.8",       "198.18.0.1",        "192.0.2.1",     "198.51.100.7",
        "203.0.113.7",     "127.0.0.1",       "169.254.169.254",   "0.0.0.0",       "224.0.0.1",
        "fd00::17",        "fc00::1",         "2001:db8::7",       "2001::1",       "::1",
        "fe80::1",         "::ffff:10.0.0.7", "64:ff9b::10.0.0.7", "2002:a00:7::1", "4000::1"}) {
    INFO(address);
    CHECK_FALSE(may(address));
  }
}

TEST_CASE("anywhere is the network and this host, and still not the neighbourhood's services") {
  const auto may = [](const char* address) {
    return may_reach(UpstreamReach::anywhere, boost::asio::ip::make_address(address));
  };
  for (const auto* address : {"127.0.0.1", "::1", "10.0.0.7", "8.8.8.8", "2001:db8::7"}) {
    INFO(address);
    CHECK(may(address));
  }
  for (const auto* address : {"169.254.169.254", "0.0.0.0", "::", "fe80::1", "fd00:ec2::254",
                              "224.0.0.1", "64:ff9b::127.0.0.1"}) {
    INFO(address);
    CHECK_FALSE(may(address));
  }
}
