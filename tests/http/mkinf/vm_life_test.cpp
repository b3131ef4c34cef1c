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

}  // namespace

TEST_CASE("the document's flow: sign in, look around, create, poll, get, delete") {
  MkinfServer server;
  server.add_node("node-1", 4);
  const auto signed_in =
      server.ask("POST", "/v0.1/auth/token",
                 {R"({"grant_type":"password","email":"example@mkinf.io","password":")" +
                      server.tenant.password + "\"}",
                  {},
                  {}});
  REQUIRE(signed_in.status == 200);
  const auto token = boost::json::parse(boost::json::string_view(signed_in.body));
  const Asking with_token{{}, token.at("access_token").as_string().c_str(), {}};
  CHECK(server.ask("GET", server.in_project("/specs"), with_token).status == 200);

  const auto available = server.get(
      server.in_project("/availabilities?product_name=l40s-48gb.2x&location=us-east1-a"));
  CHECK(text(available, "/items") ==
        R"([{"type":"l40s-48gb.2x","location":"us-east1-a","available":true}])");

  const auto created = server.create_vm("mkinf-node-01");
  const auto vm = server.in_project("/vms/" + created.vm_id);
  CHECK(text(server.get(vm), "/state") == "\"STATE_PROVISIONING\"");
  server.finish_start(created.vm_id);
  const auto operation = server.ended(created.operation_id);
  CHECK(text(operation, "/state") == "\"SUCCEEDED\"");
  CHECK(text(operation, "/started_at") == "\"2024-06-16T15:52:41Z\"");
  CHECK(text(operation, "/completed_at") == "\"2024-06-16T15:52:53Z\"");

  const auto running = server.get(vm);
  CHECK(text(running, "/state") == "\"STATE_RUNNING\"");
  CHECK(text(running, "/updated_at") == "\"2024-06-16T15:52:53Z\"");
  CHECK(text(running, "/network_interfaces/0/ips/0/public_ipv4/address") == "\"204.52.24.84\"");
  CHECK(text(operation, "/result") == boost::json::serialize(running));

  const auto deletion = server.delete_(vm);
  server.finish_stop(created.vm_id);
  const auto deleted =
      server.ended(deletion.at("operation").at("operation_id").as_string().c_str());
  CHECK(text(deleted, "/state") == "\"SUCCEEDED\"");
  CHECK(text(deleted, "/result/state") == "\"STATE_DELETED\"");
  CHECK(text(server.get(vm, 404), "/message") == "\"vm not found\"");
  CHECK(text(server.get(server.in_project("/vms")), "/items") == "[]");
  // The create's result still is what it was.
  CHECK(server.ended(created.operation_id) == operation);
}

TEST_CASE("a create where no GPU is free ends as out_of_stock, and leaves no VM behind") {
  MkinfServer server;
  server.add_node("node-1", 1);
  const auto available = server.get(
      server.in_project("/availabilities?product_name=l40s-48gb.2x&location=us-east1-a"));
  CHECK(text(available, "/items/0/available") == "false");
  const auto created = server.create_vm("too-large");
  const auto operation = server.ended(created.operation_id);
  CHECK(text(operation, "/state") == "\"FAILED\"");
  CHECK(text(operation, "/result/code") == "\"out_of_stock\"");
  server.get(server.in_project("/vms/" + created.vm_id), 404);
  CHECK(text(server.get(server.in_project("/vms")), "/items") == "[]");
}

TEST_CASE("a VM whose node is lost has crashed, and can be deleted") {
  MkinfServer server;
  server.add_node("node-1", 2);
  const auto created = server.create_vm("doomed");
  server.finish_start(created.vm_id);
  server.ended(created.operation_id);
  server.lose_node("node-1");
  const auto vm = server.in_project("/vms/" + created.vm_id);
  while (text(server.get(vm), "/state") != "\"STATE_CRASHED\"") {
  }
  const auto deletion = server.delete_(vm).at("operation").at("operation_id").as_string();
  server.finish_stop(created.vm_id);
  CHECK(text(server.ended(deletion.c_str()), "/state") == "\"SUCCEEDED\"");
  server.get(vm, 404);
}

TEST_CASE("a VM can be deleted before it runs") {
  MkinfServer server;
  server.add_node("node-1", 2);
  const auto created = server.create_vm("short-lived");
  server.await_placed(created.vm_id);
  server.delete_(server.in_project("/vms/" + created.vm_id));
  server.finish_stop(created.vm_id);
  CHECK(text(server.ended(created.operation_id), "/result/code") == "\"cancelled\"");
}

TEST_CASE("a client that knows the current version gets no body") {
  MkinfServer server;
  server.add_node("node-1", 2);
  const auto created = server.create_vm("cached");
  server.finish_start(created.vm_id);
  server.ended(created.operation_id);
  for (const auto& target : {server.in_project("/vms/" + created.vm_id),
                             server.in_project("/vms/operations/" + created.operation_id)}) {
    const auto& key = server.tenant.access_key;
    const auto tag = server.ask("GET", target, {{}, key, {}}).header("ETag");
    CHECK_THAT(tag, Catch::Matches("\"[0-9]+\""));
    const auto again = server.ask("GET", target, {{}, key, {"If-None-Match: " + tag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.header("ETag") == tag);
    CHECK(server.ask("GET", target, {{}, key, {"If-None-Match: W/" + tag}}).status == 304);
    CHECK(server.ask("GET", target, {{}, key, {"If-None-Match: \"999\", *"}}).status == 200);
    CHECK(server.ask("GET", target, {{}, key, {"If-None-Match: *"}}).status == 304);
  }
}
