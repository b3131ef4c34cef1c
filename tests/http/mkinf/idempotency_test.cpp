#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

std::string body_named(const std::string& name) {
  return R"({"name":")" + name +
         R"(","type":"l40s-48gb.1x","location":"us-east1-a",)"
         R"("image":"ubuntu22.04-nvidia-pcie-docker","ssh_public_key":"ssh-rsa AAAAB...",)"
         R"("startup_script":"echo hello"})";
}

WireAnswer create(MkinfServer& server, const std::string& name, const std::string& key,
                  const BootstrapCredentials& who) {
  return server.ask("POST", "/v0.1/projects/" + who.project_id + "/vms",
                    {body_named(name), who.access_key, {"Idempotency-Key: " + key}});
}

std::size_t vm_count(MkinfServer& server) {
  return server.get(server.in_project("/vms")).at("items").as_array().size();
}

}  // namespace

TEST_CASE("a create sent again under its key gets the first answer and makes no second VM") {
  MkinfServer server;
  server.add_node("node-1", 4);
  const auto first = create(server, "a", "key-1", server.tenant);
  CHECK(first.status == 200);
  CHECK(create(server, "a", "key-1", server.tenant).body == first.body);
  const auto operation = boost::json::parse(boost::json::string_view(first.body)).at("operation");
  const std::string vm_id = operation.at("metadata").at("id").as_string().c_str();
  server.finish_start(vm_id);
  server.ended(operation.at("operation_id").as_string().c_str());
  // Even when the operation has ended long ago.
  CHECK(create(server, "a", "key-1", server.tenant).body == first.body);
  CHECK(vm_count(server) == 1);
}

TEST_CASE("a key that was used for another request is refused") {
  MkinfServer server;
  server.add_node("node-1", 4);
  REQUIRE(create(server, "a", "key-1", server.tenant).status == 200);
  const auto other = create(server, "b", "key-1", server.tenant);
  CHECK(other.status == 422);
  CHECK(other.body == R"({"status":422,"code":"idempotency_key_reused",)"
                      R"("message":"Idempotency-Key was used for another request before"})");
  CHECK(vm_count(server) == 1);
}

TEST_CASE("keys of different principals, and requests without one, have nothing in common") {
  MkinfServer server;
  server.add_node("node-1", 8);
  const auto ours = create(server, "a", "key-1", server.tenant);
  const auto theirs = create(server, "a", "key-1", server.stranger);
  CHECK(ours.status == 200);
  CHECK(theirs.status == 200);
  CHECK(ours.body != theirs.body);
  CHECK(server.create_vm("a").vm_id != server.create_vm("a").vm_id);
  CHECK(vm_count(server) == 3);
}

TEST_CASE("a key that can't be one is refused") {
  MkinfServer server;
  const auto problem =
      R"({"status":400,"code":"bad_request",)"
      R"("message":"Idempotency-Key must have at most 255 printable ASCII characters"})";
  CHECK(create(server, "a", std::string(256, 'k'), server.tenant).body == problem);
  CHECK(create(server, "a", "\xc3\xa4", server.tenant).body == problem);
}

TEST_CASE("the answer to a retry doesn't depend on what became of it all") {
  MkinfServer server;
  server.add_node("node-1", 4);
  const auto first = create(server, "a", "key-1", server.tenant);
  REQUIRE(first.status == 200);
  ProjectLimits limits;
  limits.vms = 0;
  server.set_quota(limits);
  CHECK(create(server, "a", "key-1", server.tenant).body == first.body);
  CHECK(create(server, "b", "key-2", server.tenant).status == 403);
}

TEST_CASE("a delete sent again under its key is answered again, though the VM is gone") {
  MkinfServer server;
  server.add_node("node-1", 4);
  const auto vm = server.create_vm("a");
  server.finish_start(vm.vm_id);
  server.ended(vm.operation_id);
  const auto remove = [&] {
    return server.ask("DELETE", server.in_project("/vms/" + vm.vm_id),
                      {{}, server.tenant.access_key, {"Idempotency-Key: gone"}});
  };
  const auto first = remove();
  CHECK(first.status == 200);
  server.finish_stop(vm.vm_id);
  server.end_of(boost::json::parse(boost::json::string_view(first.body)));
  CHECK(remove().body == first.body);
}

TEST_CASE("a key is one key under both names of the API") {
  MkinfServer server;
  server.add_node("node-1", 4);
  REQUIRE(create(server, "a", "key-1", server.tenant).status == 200);
  const auto path = "/v1alpha5/projects/" + server.tenant.project_id + "/compute/vms/instances";
  const auto other = server.ask(
      "POST", path, {body_named("a"), server.tenant.access_key, {"Idempotency-Key: key-1"}});
  CHECK(other.status == 422);
}
