#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"
#include "tests/support/project_folders.hpp"

/// Every example of the API's document, from tests/http/mkinf/document/, asked of a whole server.

using namespace orrery;

namespace {

namespace json = boost::json;

std::string example_text(const std::string& name) {
  std::ifstream file(source_folder() / fmt::format("tests/http/mkinf/document/{}.json", name));
  REQUIRE(file.is_open());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// An answer's example. What the document leaves out ("{ ... }", "...") is empty.
json::value example(const std::string& name) {
  auto text = example_text(name);
  boost::algorithm::replace_all(text, "{ ... }", "{}");
  boost::algorithm::replace_all(text, ",\n    ...", "");
  return json::parse(text);
}

/// Where `answer` has other keys or kinds of values than the example; empty where nowhere. An empty
/// object or array of the example stands for any, of an array the first element counts.
std::string difference(const json::value& example, const json::value& answer,
                       const std::string& place = "answer") {
  if (example.kind() != answer.kind())
    return place + " is " + json::serialize(answer) + ", not as " + json::serialize(example);
  if (const auto* items = example.if_array(); items != nullptr && !items->empty()) {
    if (answer.get_array().empty()) return place + " is empty";
    for (const auto& item : answer.get_array())
      if (auto found = difference(items->front(), item, place + "[]"); !found.empty()) return found;
  }
  const auto* object = example.if_object();
  if (object == nullptr || object->empty()) return {};
  for (const auto& [key, value] : *object) {
    const auto* member = answer.get_object().if_contains(key);
    if (member == nullptr) return fmt::format("{} lacks {}", place, std::string_view(key));
    auto found = difference(value, *member, fmt::format("{}.{}", place, std::string_view(key)));
    if (!found.empty()) return found;
  }
  return answer.get_object().size() == object->size() ? "" : place + " has more than the example";
}

std::string word(const json::value& value, std::string_view pointer) {
  return value.at_pointer(pointer).as_string().c_str();
}

/// As the document means it: its own lacks the comma after the image.
std::string create_body() {
  auto body = example_text("create_vm");
  boost::algorithm::replace_first(body, "docker\"\n", "docker\",\n");
  // The test's only node stands elsewhere than the example's.
  boost::algorithm::replace_first(body, "us-southcentral1-a", "us-east1-a");
  return body;
}

}  // namespace

TEST_CASE("the document: signing in and refreshing") {
  MkinfServer server;
  auto grant = json::parse(example_text("password_grant"));
  grant.as_object()["password"] = server.tenant.password;
  const auto tokens = server.ask("POST", "/v0.1/auth/token", {json::serialize(grant), {}, {}});
  CHECK(tokens.status == 200);
  const auto answer = json::parse(json::string_view(tokens.body));
  CHECK(difference(example("tokens"), answer) == "");

  // Its own body has a comma too many.
  CHECK(server.ask("POST", "/v0.1/auth/token", {example_text("refresh_grant"), {}, {}}).status ==
        400);
  auto text = example_text("refresh_grant");
  boost::algorithm::replace_first(text, "\",\n}", "\"\n}");
  auto refresh = json::parse(text);
  refresh.as_object()["refresh_token"] = answer.at("refresh_token");
  const auto again = server.ask("POST", "/v0.1/auth/token", {json::serialize(refresh), {}, {}});
  CHECK(again.status == 200);
  CHECK(difference(example("tokens"), json::parse(json::string_view(again.body))) == "");
}

TEST_CASE("the document: organizations, projects, billing, and what is on offer") {
  MkinfServer server;
  server.add_node("node-1", 2);
  CHECK(difference(example("organizations"), server.get("/v0.1/organizations")) == "");
  CHECK(difference(example("projects"), server.get("/v0.1/projects")) == "");
  const auto billing = fmt::format("/v0.1/organizations/{}/billing", server.tenant.organization_id);
  CHECK(difference(example("billing"), server.get(billing)) == "");
  CHECK(server.get(
            server.in_project("/availabilities?product_name=l40s-48gb.2x&location=us-east1-a")) ==
        example("availabilities"));
  CHECK(difference(example("specs"), server.get(server.in_project("/specs"))) == "");
  const auto specs = server.get(server.in_project("/specs"));
  CHECK(json::serialize(specs).find(json::serialize(example("specs").at_pointer("/items/0"))) !=
        std::string::npos);
  // The time apart, which is that of the publication here, the image is the example's.
  auto images = server.get(server.in_project("/images"));
  images.at_pointer("/items/0/created_at") = "2023-11-16T22:02:00Z";
  CHECK(images == example("images"));
}

TEST_CASE("the document: a VM from its create to its end") {
  MkinfServer server;
  server.add_node("node-1", 2);
  CHECK(server.post(server.in_project("/vms"), example_text("create_vm"), 400).at("message") ==
        "the body is not valid JSON at line 6, column 3 (byte 138)");
  const auto started = server.post(server.in_project("/vms"), create_body());
  CHECK(difference(example("operation_started"), started) == "");
  const auto vm_id = word(started, "/operation/metadata/id");
  server.finish_start(vm_id);
  const auto operation = server.end_of(started, "/vms");
  CHECK(difference(example("operation"), operation) == "");
  CHECK(operation.at("state") == "SUCCEEDED");
  const auto vm = server.in_project("/vms/" + vm_id);
  CHECK(difference(example("vm"), server.get(vm)) == "");
  CHECK(server.get(vm).at("state") == "STATE_RUNNING");
  const auto deletion = server.delete_(vm);
  server.finish_stop(vm_id);
  CHECK(server.end_of(deletion, "/vms").at("state") == "SUCCEEDED");
}

TEST_CASE("the document: a firewall rule for a VM in the default network, and usage") {
  MkinfServer server;
  server.add_node("node-1", 2);
  server.await_default_network();
  const auto vm = server.create_vm("mkinf-node-01");
  auto rule = json::parse(example_text("firewall_rule"));
  rule.at_pointer("/destinations/0/resource_id") = vm.vm_id;
  rule.as_object()["vpc_network_id"] =
      server.get(server.in_project("/vpc/networks")).at_pointer("/items/0/id");
  const auto started = server.post(server.in_project("/vpc/firewall-rules"), json::serialize(rule));
  CHECK(difference(example("operation_started"), started) == "");
  const auto operation = server.end_of(started, "/vpc/firewall-rules");
  CHECK(operation.at("state") == "SUCCEEDED");
  const auto shown =
      server.get(server.in_project("/vpc/firewall-rules/" + word(operation, "/metadata/id")));
  CHECK(shown.at("state") == "active");
  for (const auto& [key, value] : rule.as_object()) CHECK(shown.at(key) == value);
  CHECK(server.get(server.in_project("/usage")).at("items").is_array());
}
