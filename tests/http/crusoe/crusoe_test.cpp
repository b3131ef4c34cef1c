#include <sodium.h>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "http/auth/base64url.hpp"
#include "http/json/timestamp.hpp"
#include "tests/http/mkinf/mkinf_server.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

/// Header lines that sign a request as the holder of the first tenant's key.
std::vector<std::string> signing(const MkinfServer& server, std::string_view method,
                                 std::string_view path, std::string_view sorted_query = {}) {
  const auto timestamp = rfc3339_seconds(server.clock.now());
  const auto text = fmt::format("{}\n{}\n{}\n{}\n", path, sorted_query, method, timestamp);
  const auto key = *from_base64url(server.tenant.signing_secret);
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  const auto bytes = [](const std::string& from) {
    return reinterpret_cast<const std::uint8_t*>(from.data());
  };
  crypto_auth_hmacsha256(reinterpret_cast<std::uint8_t*>(mac.data()), bytes(text), text.size(),
                         bytes(key));
  return {fmt::format("Authorization: Bearer 1.0:{}:{}", server.tenant.access_key_id,
                      to_base64url(mac)),
          "X-Crusoe-Timestamp: " + timestamp};
}

std::string in_project(const MkinfServer& server, std::string_view rest) {
  return fmt::format("/v1alpha5/projects/{}{}", server.tenant.project_id, rest);
}

constexpr auto create_body = R"({
  "name": "crusoe-node-01",
  "type": "l40s-48gb.2x",
  "location": "us-east1-a",
  "image": "ubuntu22.04-nvidia-pcie-docker",
  "ssh_public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
})";

}  // namespace

TEST_CASE("Crusoe: the same resources under other names, byte for byte", "[golden]") {
  MkinfServer server;
  server.add_node("node-1", 5);
  std::string text;
  const auto ask = [&](std::string_view method, const std::string& target,
                       const std::string& body = {}) {
    const auto answer = server.ask(method, target, {body, server.tenant.access_key, {}});
    text += fmt::format("{} {}\n{}{}\n{}\n\n----\n\n", method, target,
                        body.empty() ? "" : "\n" + body + "\n\n",
                        answer.head.substr(0, answer.head.find('\r')), answer.body);
    return answer;
  };
  ask("GET", "/v1alpha5/organizations/entities");
  ask("GET", "/v1alpha5/organizations/projects");
  ask("GET", "/v1alpha5/capacities?product_name=l40s-48gb.2x");
  ask("GET", "/v1alpha5/compute/images/9abde4b7-15e8-4abd-891c-42242eb3567e");
  ask("GET", "/v1alpha5/locations");
  const auto created = ask("POST", in_project(server, "/compute/vms/instances"), create_body);
  const auto operation = boost::json::parse(boost::json::string_view(created.body)).at("operation");
  const std::string vm_id = operation.at_pointer("/metadata/id").as_string().c_str();
  const std::string operation_id = operation.at("operation_id").as_string().c_str();
  server.finish_start(vm_id);
  server.ended(operation_id);
  ask("GET", in_project(server, "/compute/vms/instances/" + vm_id));
  ask("GET", in_project(server, "/compute/vms/instances/operations/" + operation_id));
  // Refusals have the dialect's form.
  ask("POST", in_project(server, "/compute/vms/instances"), R"({"name":"a"})");
  ask("GET", in_project(server, "/compute/vms/instances/e91bb876-3358-466d-a49a-4fb524629906"));
  ask("GET", "/v1alpha5/projects/e91bb876-3358-466d-a49a-4fb524629906/compute/vms/instances");
  ask("GET", "/v1alpha5/nothing");
  ask("PUT", in_project(server, "/compute/vms/instances"), "{}");
  check_golden("http/crusoe/names.http", text);
}

TEST_CASE("Crusoe: disks, networks and firewall rules under other names") {
  MkinfServer server;
  server.await_default_network();
  const auto word = [](const boost::json::value& value, std::string_view pointer) {
    return std::string(value.at_pointer(pointer).as_string().c_str());
  };
  const auto disks = in_project(server, "/storage/disks");
  const auto disk = server.post(disks, R"({"name":"a","size":"1GiB","location":"us-east1-a"})");
  server.end_of(disk, "/disks");
  CHECK(word(server.get(disks + "/operations/" + word(disk, "/operation/operation_id")),
             "/state") == "SUCCEEDED");
  CHECK(word(server.get(disks + "/" + word(disk, "/operation/metadata/id")), "/name") == "a");
  const auto refused = server.post(disks, R"({"name":"a"})", 400);
  CHECK(boost::json::serialize(refused) ==
        R"({"code":"400","message":"bad_request","detail":"size is required"})");

  const auto networks = in_project(server, "/networking/vpc-networks");
  const auto network =
      word(server.post(networks, R"({"name":"net","cidr":"172.27.0.0/16"})"), "/network/id");
  server.post(in_project(server, "/networking/vpc-subnets"),
              fmt::format(R"({{"name":"a","cidr":"172.27.1.0/24","location":"us-east1-a",)"
                          R"("vpc_network_id":"{}"}})",
                          network));
  CHECK(server.get(networks + "/" + network).at("subnets").as_array().size() == 1);
  const auto rules = in_project(server, "/networking/vpc-firewall-rules");
  const auto rule = server.post(
      rules,
      fmt::format(R"({{"name":"ssh","direction":"ingress","action":"allow","protocols":["tcp"],)"
                  R"("sources":[{{"cidr":"::/0"}}],"destinations":[{{"resource_id":"{0}"}}],)"
                  R"("destination_ports":["22"],"vpc_network_id":"{0}"}})",
                  network));
  server.end_of(rule, "/vpc/firewall-rules");
  CHECK(word(server.get(rules + "/" + word(rule, "/operation/metadata/id")), "/state") == "active");
  const auto usage = fmt::format("/v1alpha5/organizations/{}/usage", server.tenant.organization_id);
  CHECK(server.get(usage).at("items").as_array().empty());
}

TEST_CASE("Crusoe: a VM made under one name is there under the other") {
  MkinfServer server;
  server.add_node("node-1", 2);
  const auto vm = server.create_vm("a");
  const auto here = server.get(server.in_project("/vms/" + vm.vm_id));
  CHECK(server.get(in_project(server, "/compute/vms/instances/" + vm.vm_id)) == here);
}

TEST_CASE("Crusoe: a signed request is its key's") {
  MkinfServer server;
  const auto path = in_project(server, "/compute/vms/instances");
  CHECK(server.ask("GET", path, {{}, {}, signing(server, "GET", path)}).status == 200);
  const auto query = path + "?names=b&limit=2";
  const auto sorted = signing(server, "GET", path, "limit=2&names=b");
  CHECK(server.ask("GET", query, {{}, {}, sorted}).status == 200);
  CHECK(server.ask("POST", path, {create_body, {}, signing(server, "POST", path)}).status == 200);
}

TEST_CASE("Crusoe: a signed request about the past is its key's, for that moment alone") {
  MkinfServer server;
  const auto path = in_project(server, "/compute/vms/instances");
  const auto status = [&](const std::string& query, std::vector<std::string> headers) {
    return server.ask("GET", path + "?" + query, {{}, {}, std::move(headers)}).status;
  };
  const auto moment = fmt::format("as_of={}", server.applied());
  server.add_node("node-1", 1);
  const auto signature = signing(server, "GET", path, moment + "&limit=2");
  CHECK(status("limit=2&" + moment, signature) == 200);
  CHECK(status(moment + "&limit=2", signature) == 200);
  CHECK(status("limit=2&as_of=1", signature) == 401);
  CHECK(status("limit=2", signature) == 401);
  CHECK(status("limit=2&" + moment, signing(server, "GET", path, "limit=2")) == 401);
}

TEST_CASE("Crusoe: a signature that isn't good is no credential") {
  MkinfServer server;
  const auto path = in_project(server, "/compute/vms/instances");
  const auto status = [&](std::string_view target, std::vector<std::string> headers) {
    return server.ask("GET", target, {{}, {}, std::move(headers)}).status;
  };
  CHECK(status(path, signing(server, "POST", path)) == 401);
  CHECK(status(path + "?limit=2", signing(server, "GET", path)) == 401);
  const auto early = signing(server, "GET", path);
  server.clock.advance(std::chrono::minutes(6));
  CHECK(status(path, early) == 401);
  auto stranger = signing(server, "GET", path);
  stranger[0].replace(stranger[0].find("1.0:") + 4, 36, server.stranger.access_key_id);
  CHECK(status(path, stranger) == 401);
  // The other dialect knows no signatures.
  const auto mkinf = server.in_project("/vms");
  CHECK(status(mkinf, signing(server, "GET", mkinf)) == 401);
}
