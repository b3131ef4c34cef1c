#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

namespace {

/// Requests and their answers as text, byte for byte but for what every answer of the edge has.
class Transcript {
 public:
  explicit Transcript(MkinfServer& server) : server_(server) {}

  WireAnswer ask(std::string_view method, const std::string& target, const std::string& body = {},
                 std::vector<std::string> headers = {}) {
    text_ += fmt::format("{} {}\n", method, target);
    for (const auto& line : headers) text_ += line + "\n";
    if (!body.empty()) text_ += "\n" + body + "\n";
    const bool open = target.starts_with("/v0.1/auth/");
    const auto answer = server_.ask(
        method, target, {body, open ? "" : server_.tenant.access_key, std::move(headers)});
    text_ += "\n" + answer.head.substr(0, answer.head.find('\r')) + "\n";
    for (const auto name : {"Content-Type", "ETag", "Cache-Control", "WWW-Authenticate", "Allow"})
      if (const auto value = answer.header(name); !value.empty())
        text_ += fmt::format("{}: {}\n", name, value);
    text_ += fmt::format("\n{}\n\n----\n\n", answer.body);
    return answer;
  }

  WireAnswer in_project(std::string_view method, std::string_view rest,
                        const std::string& body = {}, std::vector<std::string> headers = {}) {
    return ask(method, server_.in_project(rest), body, std::move(headers));
  }

  void check(const std::string& name) const { check_golden("http/mkinf/" + name, text_); }

 private:
  MkinfServer& server_;
  std::string text_;
};

std::string field(const WireAnswer& answer, std::string_view pointer) {
  return boost::json::parse(boost::json::string_view(answer.body))
      .at_pointer(pointer)
      .as_string()
      .c_str();
}

constexpr auto create_body = R"({
  "name": "mkinf-node-01",
  "type": "l40s-48gb.2x",
  "location": "us-east1-a",
  "image": "ubuntu22.04-nvidia-pcie-docker",
  "ssh_public_key": "ssh-rsa AAAAB...",
  "startup_script": "#!/bin/sh\necho \"hello\""
})";

}  // namespace

TEST_CASE("mkinf: signing in, byte for byte", "[golden]") {
  MkinfServer server;
  Transcript transcript(server);
  const auto tokens = transcript.ask(
      "POST", "/v0.1/auth/token",
      fmt::format(R"({{"grant_type":"password","email":"example@mkinf.io","password":"{}"}})",
                  server.tenant.password));
  const auto refresh = fmt::format(R"({{"grant_type":"refresh_token","refresh_token":"{}"}})",
                                   field(tokens, "/refresh_token"));
  transcript.ask("POST", "/v0.1/auth/token", refresh);
  transcript.ask("POST", "/v0.1/auth/token", refresh);
  transcript.ask("POST", "/v0.1/auth/token", R"({"grant_type":"password"})");
  transcript.check("auth_token.http");
}

TEST_CASE("mkinf: organizations, projects and billing, byte for byte", "[golden]") {
  MkinfServer server;
  Transcript transcript(server);
  transcript.ask("GET", "/v0.1");
  transcript.ask("GET", "/v0.1/organizations");
  transcript.ask("GET", "/v0.1/projects");
  transcript.ask("GET", "/v0.1/organizations/" + server.tenant.organization_id + "/billing");
  transcript.check("tenancy.http");
}

TEST_CASE("mkinf: what is on offer, byte for byte", "[golden]") {
  MkinfServer server;
  server.add_node("node-1", 2);
  Transcript transcript(server);
  transcript.in_project("GET", "/availabilities");
  transcript.in_project("GET", "/availabilities?product_name=l40s-48gb.2x&location=us-east1-a");
  transcript.in_project("GET", "/specs");
  transcript.in_project("GET", "/images");
  transcript.in_project("GET", "/images/9abde4b7-15e8-4abd-891c-42242eb3567e");
  transcript.in_project("GET", "/locations");
  transcript.check("catalogue.http");
}

TEST_CASE("mkinf: the life of a VM, byte for byte", "[golden]") {
  MkinfServer server;
  server.add_node("node-1", 2);
  Transcript transcript(server);
  const auto created = transcript.in_project("POST", "/vms", create_body);
  const auto operation_id = field(created, "/operation/operation_id");
  const auto vm_id = field(created, "/operation/metadata/id");
  server.await_placed(vm_id);
  transcript.in_project("GET", "/vms/operations/" + operation_id);
  transcript.in_project("GET", "/vms/" + vm_id);
  server.finish_start(vm_id);
  server.ended(operation_id);
  transcript.in_project("GET", "/vms/operations/" + operation_id);
  const auto running = transcript.in_project("GET", "/vms/" + vm_id);
  transcript.in_project("GET", "/vms/" + vm_id, {}, {"If-None-Match: " + running.header("ETag")});
  transcript.in_project("GET", "/vms");
  const auto deletion = transcript.in_project("DELETE", "/vms/" + vm_id);
  server.finish_stop(vm_id);
  server.ended(field(deletion, "/operation/operation_id"));
  transcript.in_project("GET", "/vms/operations");
  transcript.in_project("GET", "/vms/" + vm_id);
  transcript.check("vm_life.http");
}

TEST_CASE("mkinf: a VM that finds no GPU, byte for byte", "[golden]") {
  MkinfServer server;
  Transcript transcript(server);
  const auto created = transcript.in_project("POST", "/vms", create_body);
  const auto operation_id = field(created, "/operation/operation_id");
  server.ended(operation_id);
  transcript.in_project("GET", "/vms/operations/" + operation_id);
  transcript.in_project("GET", "/vms");
  transcript.check("out_of_stock.http");
}

TEST_CASE("mkinf: the life of a disk, byte for byte", "[golden]") {
  MkinfServer server;
  Transcript transcript(server);
  const auto created = transcript.in_project(
      "POST", "/disks", R"({"name":"data","size":"1TiB","location":"us-east1-a"})");
  const auto operation = "/disks/operations/" + field(created, "/operation/operation_id");
  const auto disk = "/disks/" + field(created, "/operation/metadata/id");
  server.ended(field(created, "/operation/operation_id"), "/disks");
  transcript.in_project("GET", operation);
  transcript.in_project("GET", disk);
  const auto resized = transcript.in_project("PATCH", disk, R"({"size":"2TiB"})");
  server.ended(field(resized, "/operation/operation_id"), "/disks");
  transcript.in_project("GET", "/disks");
  const auto deletion = transcript.in_project("DELETE", disk);
  server.ended(field(deletion, "/operation/operation_id"), "/disks");
  transcript.in_project("GET", "/disks/operations");
  transcript.in_project("GET", disk);
  transcript.check("disk_life.http");
}

TEST_CASE("mkinf: networks, subnets and firewall rules, byte for byte", "[golden]") {
  MkinfServer server;
  server.await_default_network();
  Transcript transcript(server);
  transcript.in_project("GET", "/vpc/networks");
  transcript.in_project("GET", "/vpc/subnets");
  const auto network = field(
      transcript.in_project("POST", "/vpc/networks", R"({"name":"net","cidr":"172.27.0.0/16"})"),
      "/network/id");
  transcript.in_project(
      "POST", "/vpc/subnets",
      fmt::format(R"({{"name":"a","cidr":"172.27.1.0/24","location":"us-east1-a",)"
                  R"("vpc_network_id":"{}"}})",
                  network));
  transcript.in_project("GET", "/vpc/networks/" + network);
  const auto rule = transcript.in_project(
      "POST", "/vpc/firewall-rules",
      fmt::format(
          R"({{"name":"ssh","direction":"ingress","action":"allow","protocols":["tcp"],)"
          R"("sources":[{{"cidr":"198.51.100.7"}}],"destinations":[{{"resource_id":"{}"}}],)"
          R"("destination_ports":["22"],"vpc_network_id":"{}"}})",
          network, network));
  const auto operation_id = field(rule, "/operation/operation_id");
  server.ended(operation_id, "/vpc/firewall-rules");
  transcript.in_project("GET", "/vpc/firewall-rules/operations/" + operation_id);
  transcript.in_project("GET", "/vpc/firewall-rules");
  transcript.check("networks.http");
}

TEST_CASE("mkinf: errors, byte for byte", "[golden]") {
  MkinfServer server;
  Transcript transcript(server);
  transcript.in_project("POST", "/vms", R"({"name":"a"})");
  transcript.in_project("POST", "/vms", "{\n  \"name\": \"a\"\n  \"type\": \"b\"\n}");
  transcript.in_project("GET", "/vms/e91bb876-3358-466d-a49a-4fb524629906");
  transcript.in_project("GET", "/snapshots");
  transcript.in_project("PUT", "/vms", "{}");
  transcript.ask("GET", "/v0.1/projects/e91bb876-3358-466d-a49a-4fb524629906/vms");
  transcript.ask("GET", "/v0.1/organizations/e91bb876-3358-466d-a49a-4fb524629906/billing");
  transcript.check("errors.http");
}
