#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/mkinf/firewall_rule_request.hpp"

using namespace orrery;
using namespace orrery::mkinf;

namespace {

namespace json = boost::json;

RuleReferences references() {
  return {[](std::string_view id) { return id == "net"; },
          [](std::string_view id) { return id == "vm" || id == "net"; }};
}

json::object good_body() {
  return {{"name", "ssh"},
          {"direction", "ingress"},
          {"action", "allow"},
          {"protocols", {"tcp"}},
          {"sources", json::array{json::object{{"cidr", "0.0.0.0/0"}}}},
          {"destinations", json::array{json::object{{"resource_id", "vm"}}}},
          {"vpc_network_id", "net"}};
}

std::string problem(const json::object& body) {
  const auto rule = read_firewall_rule_request(json::serialize(body), references());
  return rule ? "" : rule.error().message;
}

std::string problem_with(std::string_view field, json::value value) {
  auto body = good_body();
  body[field] = std::move(value);
  return problem(body);
}

std::vector<std::string> ports_of(json::value ports) {
  auto body = good_body();
  body["destination_ports"] = std::move(ports);
  return read_firewall_rule_request(json::serialize(body), references())->match.destination_ports;
}

}  // namespace

TEST_CASE("a firewall rule without ports is about all of them") {
  const auto rule = read_firewall_rule_request(json::serialize(good_body()), references());
  REQUIRE(rule.has_value());
  CHECK(rule->network_id == "net");
  CHECK(rule->direction == TrafficDirection::ingress);
  CHECK(rule->action == FirewallAction::allow);
  CHECK(rule->match.name == "ssh");
  CHECK(rule->match.protocols == std::vector<std::string>{"tcp"});
  CHECK(rule->match.sources == std::vector<FirewallEnd>{{"0.0.0.0/0", ""}});
  CHECK(rule->match.destinations == std::vector<FirewallEnd>{{"", "vm"}});
  CHECK(rule->match.source_ports == std::vector<std::string>{"1-65535"});
  CHECK(rule->match.destination_ports == std::vector<std::string>{"1-65535"});
}

TEST_CASE("ports are strings: one, a range, or a star") {
  CHECK(ports_of({"22", "8000-9000", "*"}) ==
        std::vector<std::string>{"22", "8000-9000", "1-65535"});
  CHECK(ports_of(json::array()) == std::vector<std::string>{"1-65535"});
  CHECK(port_range("00022-0023") == "22-23");
  for (const auto text :
       {"", "0", "65536", "-", "1-", "-1", "9-8", "1-2-3", "ssh", "22 ", "1-65536"})
    CHECK_FALSE(port_range(text));
  CHECK(problem_with("destination_ports", {"22", "0"}) ==
        "destination_ports[1] must be a port from 1 to 65535, a range such as \"8000-9000\", or "
        "\"*\"");
  CHECK(problem_with("source_ports", json::array{22}) == "source_ports[0] must be a string");
  CHECK(problem_with("source_ports", "22") == "source_ports must be an array");
}

TEST_CASE("an address is widened to a CIDR, and a CIDR has no bits beyond its prefix") {
  CHECK(widened_cidr("1.2.3.4") == "1.2.3.4/32");
  CHECK(widened_cidr("0.0.0.0/0") == "0.0.0.0/0");
  CHECK(widened_cidr("10.1.2.3/8") == "10.0.0.0/8");
  CHECK(widened_cidr("2001:db8::1") == "2001:db8::1/128");
  CHECK(widened_cidr("2001:DB8:0::1/32") == "2001:db8::/32");
  CHECK(widened_cidr("::/0") == "::/0");
  for (const auto text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "010.0.0.1", "256.0.0.1", "::/129",
        "10.0.0.0/-1", "10.0.0.0/8/8", "example.org", "fe80::1%lo"})
    CHECK_FALSE(widened_cidr(text));
}

TEST_CASE("what is wrong with a firewall rule is named") {
  for (const std::string field :
       {"name", "direction", "action", "vpc_network_id", "protocols", "sources", "destinations"}) {
    auto body = good_body();
    body.erase(field);
    CHECK(problem(body) == field + " is required");
  }
  CHECK(problem_with("direction", "up") == "direction must be \"ingress\" or \"egress\"");
  CHECK(problem_with("action", "drop") == "action must be \"allow\" or \"deny\"");
  CHECK(problem_with("protocols", {"tcp", "gre"}) ==
        "protocols[1] must be \"tcp\", \"udp\" or \"icmp\"");
  CHECK(problem_with("protocols", json::array()) == "protocols must not be empty");
  CHECK(problem_with("sources", json::array()) == "sources must not be empty");
  CHECK(problem_with("sources", json::array{"0.0.0.0/0"}) == "sources[0] must be an object");
  CHECK(problem_with("vpc_network_id", "vm") ==
        "vpc_network_id \"vm\" is no network of the project");
}

TEST_CASE("an end of a rule has exactly one of cidr and resource_id") {
  const auto end_problem = [](json::object end) {
    return problem_with("destinations",
                        json::array{json::object{{"cidr", "::/0"}}, std::move(end)});
  };
  const std::string one = "destinations[1] must have exactly one of cidr and resource_id";
  CHECK(end_problem({}) == one);
  CHECK(end_problem({{"cidr", "::/0"}, {"resource_id", "vm"}}) == one);
  CHECK(end_problem({{"cidr", nullptr}, {"resource_id", nullptr}}) == one);
  CHECK(end_problem({{"cidr", "nowhere"}}) ==
        "destinations[1].cidr must be a CIDR such as \"10.0.0.0/8\", or an IP address");
  CHECK(end_problem({{"cidr", 4}}) == "destinations[1].cidr must be a string");
  CHECK(end_problem({{"resource_id", "disk"}}) ==
        "destinations[1].resource_id \"disk\" is no VM, subnet or network of the project");
}

TEST_CASE("a PATCH changes what was sent, and only what may be changed") {
  const FirewallMatch before{"ssh", {"tcp"}, {{"::/0", ""}}, {"1-65535"}, {{"", "gone"}}, {"22"}};
  const auto change = [&](std::string_view body) {
    return read_firewall_rule_changes(body, before, references());
  };
  auto expected = before;
  expected.destination_ports = {"2222"};
  CHECK(*change(R"({"destination_ports":["2222"]})") == expected);
  expected = before;
  expected.name = "other";
  expected.destination_ports = {"1-65535"};
  expected.sources = {{"10.0.0.7/32", ""}};
  CHECK(*change(R"({"name":"other","destination_ports":["*"],"sources":[{"cidr":"10.0.0.7"}]})") ==
        expected);
  CHECK(change(R"({"action":"deny"})").error().message == "action cannot be changed");
  CHECK(change(R"({"name":"x","direction":"egress"})").error().message ==
        "direction cannot be changed");
  CHECK(change(R"({"vpc_network_id":"net"})").error().message ==
        "vpc_network_id cannot be changed");
  CHECK(change(R"({"destinations":[{"resource_id":"gone"}]})").error().message ==
        "destinations[0].resource_id \"gone\" is no VM, subnet or network of the project");
  CHECK(change("{}").error().message ==
        "the body must have at least one of name, protocols, sources, source_ports, destinations "
        "and destination_ports");
}
