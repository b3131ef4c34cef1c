#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

json::object good_body() {
  return {{"name", "mkinf-node-01"},
          {"type", "l40s-48gb.2x"},
          {"location", "us-southcentral1-a"},
          {"image", "ubuntu22.04-nvidia-pcie-docker"},
          {"ssh_public_key", "ssh-rsa AAAAB..."}};
}

json::object with(std::string_view field, json::value value) {
  auto body = good_body();
  body[field] = std::move(value);
  return body;
}

/// The message of the 400 that a create with this body gets.
std::string refusal(MkinfServer& server, const std::string& body) {
  const auto answer = server.post(server.in_project("/vms"), body, 400);
  CHECK(answer.at("status") == 400);
  CHECK(answer.at("code") == "bad_request");
  return answer.at("message").as_string().c_str();
}

std::string refusal(MkinfServer& server, const json::object& body) {
  return refusal(server, json::serialize(body));
}

}  // namespace

TEST_CASE("a create without a field, or with one of another type, names the field") {
  MkinfServer server;
  for (const std::string field : {"name", "type", "location", "ssh_public_key"}) {
    auto body = good_body();
    body.erase(field);
    CHECK(refusal(server, body) == field + " is required");
    CHECK(refusal(server, with(field, nullptr)) == field + " is required");
  }
  for (const std::string field : {"name", "type", "location", "image", "ssh_public_key"}) {
    CHECK(refusal(server, with(field, "")) == field + " must not be empty");
    CHECK(refusal(server, with(field, 7)) == field + " must be a string");
    CHECK(refusal(server, with(field, json::array{"a"})) == field + " must be a string");
    CHECK(refusal(server, with(field, json::object{})) == field + " must be a string");
    CHECK(refusal(server, with(field, true)) == field + " must be a string");
  }
  for (const std::string field : {"startup_script", "shutdown_script"}) {
    CHECK(refusal(server, with(field, 7)) == field + " must be a string");
    CHECK(refusal(server, with(field, json::string(65'537, 'x'))) ==
          field + " must have at most 65536 bytes");
  }
}

TEST_CASE("a create of something that isn't on offer names the field and the word") {
  MkinfServer server;
  CHECK(refusal(server, with("type", "h100.8x")) == "type \"h100.8x\" is unknown, see specs");
  CHECK(refusal(server, with("location", "mars")) == "location \"mars\" is unknown, see locations");
  CHECK(refusal(server, with("image", "dos")) == "image \"dos\" is unknown, see images");
  CHECK(refusal(server, with("name", "a\nb")) == "name must not have control characters");
  CHECK(refusal(server, with("name", json::string(129, 'x'))) ==
        "name must have at most 128 bytes");
}

TEST_CASE("what is no SSH public key is refused") {
  MkinfServer server;
  for (const auto key : {"AAAAB", "ssh-rsa AAAAB", "ssh-rsa AAAA\nssh-rsa BBBB"})
    CHECK(refusal(server, with("ssh_public_key", key)) ==
          "ssh_public_key must be an OpenSSH public key such as \"ssh-rsa AAAAB...\"");
}

TEST_CASE("scripts have a size and no zero bytes") {
  MkinfServer server;
  CHECK(refusal(server, with("startup_script", json::string(64 * 1024 + 1, 'x'))) ==
        "startup_script must have at most 65536 bytes");
  CHECK(refusal(server, with("shutdown_script", json::string("a\0b", 3))) ==
        "shutdown_script must not have zero bytes");
  server.post(server.in_project("/vms"),
              json::serialize(with("startup_script", json::string(64 * 1024, 'x'))));
}

TEST_CASE("options that this server doesn't have are refused by name, empty ones are tolerated") {
  MkinfServer server;
  const json::array adapter{json::object{{"ib_partition_id", "x"}}};
  CHECK(refusal(server, with("host_channel_adapters", adapter)) ==
        "host_channel_adapters must be empty: this server has no InfiniBand adapters");
  CHECK(refusal(server, with("commitment_period", 12)) ==
        "commitment_period must be 0: commitments are made as reservations, see "
        "reservation_specification");
  CHECK(refusal(server, with("custom_image", "mine")) ==
        "custom_image is not supported: name one of the images");
  CHECK(refusal(server, with("instance_template_id", "x")) ==
        "instance_template_id is not supported: there are no templates");
  auto body = with("host_channel_adapters", json::array());
  body["commitment_period"] = 0;
  body["instance_template_id"] = "";
  server.post(server.in_project("/vms"), json::serialize(body));
}

TEST_CASE("disks, interfaces and reservations of a create that make no sense are named") {
  MkinfServer server;
  const json::array disk{json::object{{"disk_id", "x"}}};
  CHECK(refusal(server, with("disks", disk)) == "disk_id \"x\" is unknown in this project");
  const json::array os{json::object{{"disk_id", "x"}, {"attachment_type", "os"}}};
  CHECK(refusal(server, with("disks", os)) ==
        "disks[0].attachment_type must be \"data\": every VM comes with its own OS disk");
  const json::array twice{json::object{{"disk_id", "x"}}, json::object{{"disk_id", "x"}}};
  CHECK(refusal(server, with("disks", twice)) == "disks names a disk twice");
  const json::array subnet{json::object{{"subnet", "x"}}};
  CHECK(refusal(server, with("network_interfaces", subnet)) ==
        "network_interfaces[0].subnet \"x\" is unknown in this project");
  const json::object address{{"public_ipv4", json::object{{"address", "1.2.3.4"}}}};
  const json::array chosen{json::object{{"ips", json::array{address}}}};
  CHECK(refusal(server, with("network_interfaces", chosen)) ==
        "network_interfaces[0].ips[0].public_ipv4.address is given by the server and can't be "
        "chosen");
  CHECK(refusal(server, with("network_interfaces", json::array())) ==
        "network_interfaces must have one interface: every VM has exactly one");
  CHECK(refusal(server, with("reservation_specification", json::object{{"id", "x"}})) ==
        "reservation_id \"x\" is unknown in this organization");
  const json::object strategy{{"selection_strategy", "cheap"}};
  CHECK(refusal(server, with("reservation_specification", strategy)) ==
        "reservation_specification.selection_strategy must be \"lowest_cost\" or \"on_demand\"");
}

TEST_CASE("the document's own create body lacks a comma: 400 with the place") {
  MkinfServer server;
  CHECK(refusal(server, std::string(R"({
  "name": "mkinf-node-01",
  "type": "l40s-48gb.2x",
  "location": "us-southcentral1-a",
  "image": "ubuntu22.04-nvidia-pcie-docker"
  "ssh_public_key": "ssh-rsa AAAAB..."
})")) == "the body is not valid JSON at line 6, column 3 (byte 138)");
}

TEST_CASE("bodies that are no object, too deep, or say a thing twice are refused") {
  MkinfServer server;
  CHECK(refusal(server, std::string("[]")) == "the body must be a JSON object");
  CHECK(refusal(server, std::string()) ==
        "the body is not valid JSON at line 1, column 1 (byte 1)");
  CHECK(refusal(server, std::string(R"({"name":"a","name":"b"})")) ==
        "the body has the key \"name\" twice");
  CHECK(refusal(server, R"({"x":)" + std::string(33, '[') + std::string(33, ']') + "}") ==
        "the body is nested deeper than 32 levels");
}

TEST_CASE("fields that nobody knows are tolerated") {
  MkinfServer server;
  server.post(server.in_project("/vms"),
              json::serialize(with("favourite_colour", json::array{json::object{{"is", "x"}}})));
}

TEST_CASE("a body beyond a MiB is refused in the API's form") {
  MkinfServer server;
  const auto answer = server.ask("POST", server.in_project("/vms"),
                                 {std::string((1u << 20) + 1, ' '), server.tenant.access_key, {}});
  CHECK(answer.status == 413);
  CHECK_THAT(answer.body, Catch::StartsWith(R"({"status":413,"code":"body_too_large","message":)"));
}

TEST_CASE("unknown routes are 501, wrong methods 405, in the API's form") {
  MkinfServer server;
  const auto& key = server.tenant.access_key;
  CHECK(server.ask("GET", "/v0.1/nothing", {{}, key, {}}).body ==
        R"({"status":501,"code":"not_implemented","message":"Route not found"})");
  CHECK(server.ask("GET", "/v0.1/nothing", {}).status == 501);
  const auto wrong_method = server.ask("PUT", server.in_project("/vms"), {{}, key, {}});
  CHECK(wrong_method.status == 405);
  CHECK(wrong_method.header("Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK_THAT(wrong_method.body, Catch::StartsWith(R"({"status":405,"code":")"));
}

TEST_CASE("parameters of lists that make no sense are named") {
  MkinfServer server;
  const auto message = [&](std::string_view target) {
    return std::string(
        server.get(server.in_project(target), 400).at("message").as_string().c_str());
  };
  CHECK(message("/vms?limit=0") == "limit must be a number from 1 to 1000");
  CHECK(message("/vms?limit=1001") == "limit must be a number from 1 to 1000");
  CHECK(message("/vms?limit=ten") == "limit must be a number from 1 to 1000");
  CHECK(message("/vms?next_token=x") == "next_token is unknown");
  CHECK(message("/vms/operations?prev_token=x") == "prev_token is unknown");
  CHECK(message("/vms/operations?state=DONE") == "state must be IN_PROGRESS, SUCCEEDED or FAILED");
  CHECK(message("/vms/operations?lower_time_bound=yesterday") ==
        "lower_time_bound must be a time such as 2024-06-16T15:52:41Z");
}

TEST_CASE("without an image a VM gets the newest of its location") {
  MkinfServer server;
  auto body = good_body();
  body.erase("image");
  CHECK(refusal(server, body) == "image is required");  // None is published for that location.
  body["location"] = "us-east1-a";
  const auto answer = server.post(server.in_project("/vms"), json::serialize(body));
  CHECK(answer.at_pointer("/operation/metadata/request/image") == "ubuntu22.04-nvidia-pcie-docker");
}
