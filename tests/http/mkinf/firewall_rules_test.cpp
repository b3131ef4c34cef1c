#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

constexpr auto collection = "/vpc/firewall-rules";

std::string text(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const auto* found = value.find_pointer(pointer, error);
  return found ? boost::json::serialize(*found) : "absent";
}

std::string word(const boost::json::value& value, std::string_view pointer) {
  return value.at_pointer(pointer).as_string().c_str();
}

std::string create_network(MkinfServer& server) {
  return word(
      server.post(server.in_project("/vpc/networks"), R"({"name":"net","cidr":"172.27.0.0/16"})"),
      "/network/id");
}

std::string body_of(std::string_view network, std::string_view destination) {
  return fmt::format(
      R"({{"name":"ssh","direction":"ingress","action":"allow","protocols":["tcp"],)"
      R"("sources":[{{"cidr":"198.51.100.7"}}],"destinations":[{{"resource_id":"{}"}}],)"
      R"("destination_ports":["22","8000-9000"],"vpc_network_id":"{}"}})",
      destination, network);
}

}  // namespace

TEST_CASE("a firewall rule is created, changed and deleted, each by an operation of its own") {
  MkinfServer server;
  const auto network = create_network(server);
  const auto rules = server.in_project(collection);
  const auto started = server.post(rules, body_of(network, network));
  CHECK(text(started, "/operation/metadata/type") == "\"vpc_firewall_rule\"");
  const auto created = server.end_of(started, collection);
  const auto id = word(started, "/operation/metadata/id");
  const auto one = rules + "/" + id;
  const auto rule = server.get(one);
  CHECK(boost::json::serialize(rule) ==
        fmt::format(R"({{"id":"{}","name":"ssh","vpc_network_id":"{}","direction":"ingress",)"
                    R"("action":"allow","state":"active","protocols":["tcp"],)"
                    R"("sources":[{{"cidr":"198.51.100.7/32"}}],"source_ports":["1-65535"],)"
                    R"("destinations":[{{"resource_id":"{}"}}],)"
                    R"("destination_ports":["22","8000-9000"]}})",
                    id, network, network));
  CHECK(text(created, "/result") == boost::json::serialize(rule));
  CHECK(text(server.get(rules), "/items/0") == boost::json::serialize(rule));

  const auto changed = server.end_of(
      server.patch(one, R"({"name":"web","protocols":["tcp","udp"],"destination_ports":["*"]})"),
      collection);
  CHECK(text(changed, "/metadata/operation_name") == "\"UPDATE\"");
  CHECK(text(changed, "/result") == boost::json::serialize(server.get(one)));
  CHECK(text(changed, "/result/name") == "\"web\"");
  CHECK(text(changed, "/result/protocols") == R"(["tcp","udp"])");
  CHECK(text(changed, "/result/sources") == R"([{"cidr":"198.51.100.7/32"}])");
  CHECK(text(changed, "/result/destination_ports") == R"(["1-65535"])");
  CHECK(text(server.patch(one, R"({"action":"deny"})", 400), "/message") ==
        "\"action cannot be changed\"");

  const auto deleted = server.end_of(server.delete_(one), collection);
  CHECK(text(deleted, "/result/state") == "\"inactive\"");
  CHECK(text(server.get(one, 404), "/message") == "\"firewall rule not found\"");
  CHECK(server.end_of(started, collection) == created);
}

TEST_CASE("a rule becomes inactive when what it names is gone, and its tag changes") {
  MkinfServer server;
  const auto network = create_network(server);
  const auto subnet =
      word(server.post(server.in_project("/vpc/subnets"),
                       fmt::format(R"({{"name":"a","cidr":"172.27.1.0/24","location":"us-east1-a",)"
                                   R"("vpc_network_id":"{}"}})",
                                   network)),
           "/subnet/id");
  const auto started = server.post(server.in_project(collection), body_of(network, subnet));
  server.end_of(started, collection);
  const auto one =
      server.in_project("/vpc/firewall-rules/" + word(started, "/operation/metadata/id"));
  CHECK(text(server.get(one), "/state") == "\"active\"");
  const auto tag = server.ask("GET", one, {{}, server.tenant.access_key, {}}).header("ETag");
  server.end_of(server.delete_(server.in_project("/vpc/subnets/" + subnet)), "/vpc/subnets");
  const auto later =
      server.ask("GET", one, {{}, server.tenant.access_key, {"If-None-Match: " + tag}});
  CHECK(later.status == 200);
  CHECK_THAT(later.body, Catch::Contains(R"("state":"inactive")"));
}

TEST_CASE("a rule names what is in its project, and nothing else") {
  MkinfServer server;
  const auto network = create_network(server);
  const auto foreign_answer =
      server.ask("POST", fmt::format("/v0.1/projects/{}/vpc/networks", server.stranger.project_id),
                 {R"({"name":"net","cidr":"172.27.0.0/16"})", server.stranger.access_key, {}});
  const auto foreign =
      word(boost::json::parse(boost::json::string_view(foreign_answer.body)), "/network/id");
  const auto refusal = [&](const std::string& of_network, const std::string& destination) {
    return text(server.post(server.in_project(collection), body_of(of_network, destination), 400),
                "/message");
  };
  for (const std::string& absent : {foreign, std::string("e91bb876-3358-466d-a49a-4fb524629906")}) {
    CHECK(refusal(network, absent) ==
          fmt::format(
              R"("destinations[0].resource_id \"{}\" is no VM, subnet or network of the project")",
              absent));
    CHECK(refusal(absent, network) ==
          fmt::format(R"("vpc_network_id \"{}\" is no network of the project")", absent));
  }
}
