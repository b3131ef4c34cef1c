#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

std::string text(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const auto* found = value.find_pointer(pointer, error);
  return found ? boost::json::serialize(*found) : "absent";
}

std::string word(const boost::json::value& value, std::string_view pointer) {
  return value.at_pointer(pointer).as_string().c_str();
}

std::string create_network(MkinfServer& server, std::string_view name, std::string_view cidr) {
  const auto answer = server.post(server.in_project("/vpc/networks"),
                                  fmt::format(R"({{"name":"{}","cidr":"{}"}})", name, cidr));
  return word(answer, "/network/id");
}

std::string subnet_body(std::string_view name, std::string_view cidr, std::string_view network) {
  return fmt::format(R"({{"name":"{}","cidr":"{}","location":"us-east1-a","vpc_network_id":"{}"}})",
                     name, cidr, network);
}

std::string names(const boost::json::value& list) {
  std::string text;
  for (const auto& item : list.at("items").as_array()) text += word(item, "/name") + " ";
  return text;
}

}  // namespace

TEST_CASE("a network is there when its create is answered, and is renamed and deleted in time") {
  MkinfServer server;
  const auto networks = server.in_project("/vpc/networks");
  const auto created = server.post(networks, R"({"name":"net","cidr":"172.27.0.0/16"})");
  const auto id = word(created, "/network/id");
  const auto one = networks + "/" + id;
  CHECK(text(created, "/network") ==
        fmt::format(R"({{"id":"{}","name":"net","cidr":"172.27.0.0/16","gateway":"172.27.0.1",)"
                    R"("subnets":[]}})",
                    id));
  CHECK(server.get(one) == created.at("network"));
  const auto renamed = server.end_of(server.patch(one, R"({"name":"new"})"), "/vpc/networks");
  CHECK(text(renamed, "/metadata/type") == "\"vpc_network\"");
  CHECK(text(renamed, "/metadata/request") == R"({"name":"new"})");
  CHECK(text(renamed, "/result/name") == "\"new\"");
  CHECK(text(server.get(one), "/name") == "\"new\"");
  CHECK(names(server.get(networks + "?names=new")) == "new ");
  CHECK(names(server.get(networks + "?ids=" + id)) == "new ");
  const auto deleted = server.end_of(server.delete_(one), "/vpc/networks");
  CHECK(text(deleted, "/result/id") == "\"" + id + "\"");
  CHECK(text(server.get(one, 404), "/message") == "\"network not found\"");
}

TEST_CASE("every project has a default network with a subnet at each location") {
  MkinfServer server;
  server.await_default_network();
  const auto networks = server.get(server.in_project("/vpc/networks"));
  REQUIRE(networks.at("items").as_array().size() == 1);
  CHECK(text(networks, "/items/0/name") == "\"default-vpc-network\"");
  const auto subnets = server.get(server.in_project("/vpc/subnets"));
  CHECK(subnets.at("items").as_array().size() == 3);
  CHECK(names(server.get(server.in_project("/vpc/subnets?locations=us-east1-a"))) ==
        word(server.get(server.in_project("/vpc/subnets?locations=us-east1-a")), "/items/0/name") +
            " ");
  for (const auto& subnet : subnets.at("items").as_array())
    CHECK(subnet.at("vpc_network_id") == networks.at_pointer("/items/0/id"));
}

TEST_CASE("a subnet lies within its network and overlaps with no other") {
  MkinfServer server;
  const auto network = create_network(server, "net", "172.27.0.0/16");
  const auto subnets = server.in_project("/vpc/subnets");
  const auto created = server.post(subnets, subnet_body("a", "172.27.1.0/24", network));
  const auto id = word(created, "/subnet/id");
  CHECK(text(created, "/subnet") ==
        fmt::format(R"({{"id":"{}","name":"a","cidr":"172.27.1.0/24","location":"us-east1-a",)"
                    R"("vpc_network_id":"{}"}})",
                    id, network));
  CHECK(server.get(subnets + "/" + id) == created.at("subnet"));
  CHECK(text(server.get(server.in_project("/vpc/networks/" + network)), "/subnets") ==
        "[\"" + id + "\"]");
  const auto refusal = [&](std::string_view cidr) {
    return text(server.post(subnets, subnet_body("b", cidr, network), 400), "/message");
  };
  CHECK(refusal("172.27.1.128/25") == "\"cidr overlaps with another subnet of the network\"");
  CHECK(refusal("172.28.1.0/24") == "\"cidr must lie within the network's 172.27.0.0/16\"");
  CHECK(refusal("172.16.0.0/12") == "\"cidr must lie within the network's 172.27.0.0/16\"");
  CHECK(text(server.post(subnets, subnet_body("b", "172.27.2.0/24", "net"), 400), "/message") ==
        "\"vpc_network_id \\\"net\\\" is no network of the project\"");

  const auto renamed =
      server.end_of(server.patch(subnets + "/" + id, R"({"name":"c"})"), "/vpc/subnets");
  CHECK(text(renamed, "/metadata/type") == "\"vpc_subnet\"");
  CHECK(text(renamed, "/metadata/id") == "\"" + id + "\"");
  CHECK(text(renamed, "/result/name") == "\"c\"");
  CHECK(names(server.get(subnets + "?network_ids=" + network)) == "c ");
  server.end_of(server.delete_(subnets + "/" + id), "/vpc/subnets");
  CHECK(text(server.get(subnets + "/" + id, 404), "/message") == "\"subnet not found\"");
  // Its addresses are free again.
  server.post(subnets, subnet_body("d", "172.27.1.128/25", network));
}

TEST_CASE("a network in which VMs have addresses cannot be deleted, nor can its subnet") {
  MkinfServer server;
  server.await_default_network();
  server.add_node("node-1", 2);
  const auto created = server.create_vm("mkinf-node-01");
  server.finish_start(created.vm_id);
  const auto interface =
      server.get(server.in_project("/vms/" + created.vm_id)).at_pointer("/network_interfaces/0");
  CHECK(text(server.delete_(server.in_project("/vpc/networks/" + word(interface, "/network")), 409),
             "/message") == "\"VMs have addresses in the network, delete them first\"");
  CHECK(text(server.delete_(server.in_project("/vpc/subnets/" + word(interface, "/subnet")), 409),
             "/message") == "\"VMs have addresses in the subnet, delete them first\"");
}

TEST_CASE("a network's create under a key is one network") {
  MkinfServer server;
  const auto create = [&](const std::string& body) {
    return server.ask("POST", server.in_project("/vpc/networks"),
                      {body, server.tenant.access_key, {"Idempotency-Key: k"}});
  };
  const std::string body = R"({"name":"net","cidr":"172.27.0.0/16"})";
  const auto first = create(body);
  CHECK(first.status == 200);
  CHECK(create(body).body == first.body);
  CHECK(create(R"({"name":"other","cidr":"172.27.0.0/16"})").status == 422);
  const auto count = [&](const std::string& query) {
    return server.get(server.in_project("/vpc/networks" + query)).at("items").as_array().size();
  };
  CHECK(count("?names=net") == 1);
  CHECK(count("?names=other") == 0);
}
