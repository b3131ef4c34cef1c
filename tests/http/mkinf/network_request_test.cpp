#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "http/mkinf/network_request.hpp"

using namespace orrery;
using namespace orrery::mkinf;

namespace {

std::string network_problem(std::string_view body) {
  const auto network = read_network_request(body);
  return network ? "" : network.error().message;
}

std::string block_problem(std::string_view cidr) {
  return network_problem(fmt::format(R"({{"name":"net","cidr":"{}"}})", cidr));
}

}  // namespace

TEST_CASE("a network is a name and a private IPv4 block in its canonical form") {
  const auto network = read_network_request(R"({"name":"net","cidr":"172.27.0.0/16"})");
  REQUIRE(network.has_value());
  CHECK(*network == NetworkCreated{"", "net", "172.27.0.0/16"});
  CHECK(network_problem("{}") == "name is required");
  CHECK(network_problem(R"({"name":"net"})") == "cidr is required");
  for (const auto good : {"10.0.0.0/8", "192.168.255.248/29", "172.16.0.0/12"})
    CHECK(block_problem(good).empty());
  for (const auto bad : {"10.0.0.0", "10.0.0.0/33", "fd00::/8", "ten"})
    CHECK(block_problem(bad) == "cidr must be an IPv4 block such as \"10.0.0.0/16\"");
  CHECK(block_problem("10.0.0.1/16") == "cidr has bits beyond its prefix: \"10.0.0.0/16\"?");
  CHECK(block_problem("10.0.0.0/30") == "cidr must have a prefix from /8 to /29");
  CHECK(block_problem("10.0.0.0/7") == "cidr must have a prefix from /8 to /29");
  CHECK(block_problem("11.0.0.0/16") ==
        "cidr must lie within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
}

TEST_CASE("a subnet names its network and a location besides") {
  Catalogue catalogue;
  catalogue.clusters.push_back({"east", {"us-east1-a", {}, {}}, {}});
  const auto read = [&](std::string_view body) { return read_subnet_request(body, catalogue); };
  const auto subnet =
      read(R"({"name":"a","cidr":"10.0.1.0/24","location":"us-east1-a","vpc_network_id":"net"})");
  REQUIRE(subnet.has_value());
  CHECK(subnet->subnet == SubnetAdded{"", "a", "10.0.1.0/24", "us-east1-a"});
  CHECK(subnet->network_id == "net");
  CHECK(read(R"({"name":"a","cidr":"10.0.1.0/24"})").error().message == "location is required");
  CHECK(read(R"({"name":"a","cidr":"10.0.1.0/24","location":"mars"})").error().message ==
        "location \"mars\" is unknown, see locations");
  CHECK(read(R"({"name":"a","cidr":"10.0.1.0/24","location":"us-east1-a"})").error().message ==
        "vpc_network_id is required");
}

TEST_CASE("a PATCH of a network or subnet changes the name and nothing else") {
  CHECK(*read_new_name(R"({"name":"b"})") == "b");
  CHECK(read_new_name("{}").error().message == "name is required");
  CHECK(read_new_name(R"({"name":"b","cidr":"10.0.0.0/8"})").error().message ==
        "cidr cannot be changed, only name can");
}
