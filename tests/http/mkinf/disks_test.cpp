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

std::string body_of(std::string_view name, std::string_view size) {
  return fmt::format(R"({{"name":"{}","size":"{}","location":"us-east1-a"}})", name, size);
}

/// Creates a disk, waits for it, and returns its id.
std::string create_disk(MkinfServer& server, std::string_view name, std::string_view size) {
  const auto started = server.post(server.in_project("/disks"), body_of(name, size));
  REQUIRE(text(server.end_of(started, "/disks"), "/state") == "\"SUCCEEDED\"");
  return word(started, "/operation/metadata/id");
}

std::string names(const boost::json::value& list) {
  std::string text;
  for (const auto& item : list.at("items").as_array()) text += word(item, "/name") + " ";
  return text;
}

}  // namespace

TEST_CASE("a disk is created, grows and is deleted, each by an operation of its own collection") {
  MkinfServer server;
  const auto disks = server.in_project("/disks");
  const auto started = server.post(
      disks, R"({"name":"data","type":"shared-volume","size":"1TiB","location":"us-east1-a",)"
             R"("block_size":512})");
  CHECK(text(started, "/operation/state") == "\"IN_PROGRESS\"");
  CHECK(text(started, "/operation/metadata/operation_name") == "\"CREATE\"");
  CHECK(text(started, "/operation/metadata/type") == "\"disk\"");
  CHECK(text(started, "/operation/metadata/request") ==
        R"({"name":"data","type":"shared-volume","size":"1024GiB","location":"us-east1-a",)"
        R"("block_size":512})");
  const auto created = server.end_of(started, "/disks");
  const auto one = disks + "/" + word(started, "/operation/metadata/id");
  const auto disk = server.get(one);
  CHECK(text(created, "/result") == boost::json::serialize(disk));
  CHECK(text(disk, "/type") == "\"shared-volume\"");
  CHECK(text(disk, "/size") == "\"1024GiB\"");
  CHECK(text(disk, "/block_size") == "512");
  CHECK(text(disk, "/attached_to") == "[]");
  CHECK(word(disk, "/serial_number").size() == 19);

  server.clock.advance(std::chrono::seconds(60));
  const auto resized = server.end_of(server.patch(one, R"({"size":"2TiB"})"), "/disks");
  CHECK(text(resized, "/metadata/operation_name") == "\"UPDATE\"");
  CHECK(text(resized, "/metadata/request") == R"({"size":"2048GiB"})");
  CHECK(text(resized, "/result") == boost::json::serialize(server.get(one)));
  CHECK(text(server.get(one), "/size") == "\"2048GiB\"");
  CHECK(text(server.get(one), "/updated_at") == "\"2024-06-16T15:53:41Z\"");

  const auto deleted = server.end_of(server.delete_(one), "/disks");
  CHECK(text(deleted, "/metadata/request") == "{}");
  CHECK(text(deleted, "/result/name") == "\"data\"");
  CHECK(text(server.get(one, 404), "/message") == "\"disk not found\"");
  CHECK(text(server.get(disks), "/items") == "[]");
  // What operations came to stays what it was.
  CHECK(server.end_of(started, "/disks") == created);
}

TEST_CASE("a disk only grows") {
  MkinfServer server;
  const auto one = server.in_project("/disks/" + create_disk(server, "data", "20GiB"));
  CHECK(text(server.patch(one, R"({"size":"19GiB"})", 400), "/message") ==
        "\"size must not be less than the disk's 20GiB, disks only grow\"");
  CHECK(text(server.end_of(server.patch(one, R"({"size":"20GiB"})"), "/disks"), "/state") ==
        "\"SUCCEEDED\"");
  CHECK(text(server.patch(one, R"({"size":"30GiB","type":"x"})", 400), "/message") ==
        "\"type cannot be changed, only size can\"");
}

TEST_CASE("an operation's result is the disk as it was at the end, whatever became of it since") {
  MkinfServer server;
  const auto one = server.in_project("/disks/" + create_disk(server, "data", "10GiB"));
  const auto first = server.patch(one, R"({"size":"20GiB"})");
  const auto second = server.patch(one, R"({"size":"30GiB"})");
  server.end_of(second, "/disks");
  server.end_of(server.delete_(one), "/disks");
  // Nobody has asked for it before.
  CHECK(text(server.end_of(first, "/disks"), "/result/size") == "\"20GiB\"");
}

TEST_CASE("OS disks are listed with their VM, unless they are excluded, and cannot be changed") {
  MkinfServer server;
  server.add_node("node-1", 2);
  const auto created = server.create_vm("mkinf-node-01");
  server.finish_start(created.vm_id);
  server.ended(created.operation_id);
  create_disk(server, "data", "20GiB");
  const auto disks = server.in_project("/disks");
  const auto os_name = "OS-disk-" + created.vm_id;
  CHECK(names(server.get(disks)) == os_name + " data ");
  CHECK(names(server.get(disks + "?exclude_os=false")) == os_name + " data ");
  CHECK(names(server.get(disks + "?exclude_os=true")) == "data ");
  CHECK(text(server.get(disks + "?exclude_os=yes", 400), "/message") ==
        "\"exclude_os must be true or false\"");
  const auto os_disk = server.get(disks + "?names=" + os_name).at_pointer("/items/0");
  CHECK(text(os_disk, "/attached_to") ==
        fmt::format(R"([{{"vm_id":"{}","attachment_type":"os","mode":"read-write"}}])",
                    created.vm_id));
  const auto one = disks + "/" + word(os_disk, "/id");
  CHECK(text(server.delete_(one, 409), "/message") ==
        "\"An OS disk comes and goes with its VM and cannot be changed by itself\"");
  server.patch(one, R"({"size":"1TiB"})", 409);
}

TEST_CASE("disks are filtered by id, name and location, and come in pages") {
  MkinfServer server;
  const auto a = create_disk(server, "a", "1GiB");
  const auto b = create_disk(server, "b", "1GiB");
  create_disk(server, "c", "1GiB");
  const auto disks = server.in_project("/disks");
  CHECK(names(server.get(disks)) == "a b c ");
  CHECK(names(server.get(disks + "?ids=" + a + "," + b)) == "a b ");
  CHECK(names(server.get(disks + "?names=c,d")) == "c ");
  CHECK(names(server.get(disks + "?locations=us-northcentral1-a")) == "");
  const auto first = server.get(disks + "?limit=2");
  CHECK(names(first) == "a b ");
  const auto second = server.get(disks + "?limit=2&next_token=" + word(first, "/next_page_token"));
  CHECK(names(second) == "c ");
  CHECK(names(server.get(disks + "?limit=2&prev_token=" + word(second, "/prev_page_token"))) ==
        "a b ");
}

TEST_CASE("an operation is found in its own collection only") {
  MkinfServer server;
  const auto started = server.post(server.in_project("/disks"), body_of("data", "1GiB"));
  const auto id = word(started, "/operation/operation_id");
  server.end_of(started, "/disks");
  CHECK(server.get(server.in_project("/disks/operations")).at("items").as_array().size() == 1);
  for (const std::string other : {"/vms", "/vpc/networks", "/vpc/subnets", "/vpc/firewall-rules"}) {
    CHECK(text(server.get(server.in_project(other + "/operations")), "/items") == "[]");
    CHECK(text(server.get(server.in_project(other + "/operations/" + id), 404), "/message") ==
          "\"operation not found\"");
  }
  const auto operations = server.in_project("/disks/operations");
  CHECK(text(server.get(operations + "?state=FAILED"), "/items") == "[]");
  CHECK(server.get(operations + "?resource_id=" + word(started, "/operation/metadata/id"))
            .at("items")
            .as_array()
            .size() == 1);
}

TEST_CASE("a disk beyond the quota is refused with the quota, its limit and its use") {
  MkinfServer server;
  ProjectLimits limits;
  limits.disks = 2;
  limits.disk_gib = 100;
  server.set_quota(limits);
  const auto disks = server.in_project("/disks");
  create_disk(server, "a", "60GiB");
  const auto refused = server.post(disks, body_of("b", "41GiB"), 403);
  CHECK(text(refused, "/code") == "\"quota_exceeded\"");
  CHECK(text(refused, "/message") ==
        "\"The project's quota disk_gib is 100: it uses 60, and the request needs 41 more.\"");
  const auto b = create_disk(server, "b", "40GiB");
  server.patch(disks + "/" + b, R"({"size":"41GiB"})", 403);
  CHECK(text(server.post(disks, body_of("c", "1GiB"), 403), "/message") ==
        "\"The project's quota disks is 2: it uses 2, and the request needs 1 more.\"");
  server.end_of(server.delete_(disks + "/" + b), "/disks");
  create_disk(server, "c", "1GiB");
}

TEST_CASE("a disk's create under a key is one disk, whatever happens in between") {
  MkinfServer server;
  const auto create = [&](std::string_view name) {
    return server.ask("POST", server.in_project("/disks"),
                      {body_of(name, "1GiB"), server.tenant.access_key, {"Idempotency-Key: k"}});
  };
  const auto first = create("data");
  const auto started = boost::json::parse(boost::json::string_view(first.body));
  server.end_of(started, "/disks");
  CHECK(create("data").body == first.body);
  const auto one = server.in_project("/disks/" + word(started, "/operation/metadata/id"));
  server.end_of(server.delete_(one), "/disks");
  CHECK(create("data").body == first.body);
  CHECK(create("other").status == 422);
  CHECK(text(server.get(server.in_project("/disks")), "/items") == "[]");
}

TEST_CASE("somebody else's disk answers as an absent one") {
  MkinfServer server;
  const auto id = create_disk(server, "data", "1GiB");
  const auto theirs = fmt::format("/v0.1/projects/{}/disks/", server.stranger.project_id);
  for (const auto method : {"GET", "DELETE", "PATCH"}) {
    const auto ask = [&](const std::string& disk) {
      return server.ask(method, theirs + disk,
                        {R"({"size":"2GiB"})", server.stranger.access_key, {}});
    };
    CHECK(ask(id).status == 404);
    CHECK(ask(id).body == ask("52822513-e425-4be9-8dd8-5c21d561ce11").body);
  }
}
