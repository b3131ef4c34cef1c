#include <atomic>
#include <future>
#include <thread>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

constexpr auto create_body =
    R"({"name":"a","type":"l40s-48gb.1x","location":"us-east1-a",)"
    R"("image":"ubuntu22.04-nvidia-pcie-docker","ssh_public_key":"ssh-rsa AAAAB..."})";

}  // namespace

TEST_CASE("while the log takes no writes, changes are 503 and reads go on") {
  MkinfServer server;
  server.log.set_fate([] { return CommitFate::disk_full; });
  const auto refused =
      server.ask("POST", server.in_project("/vms"), {create_body, server.tenant.access_key, {}});
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(
      refused.body ==
      R"({"status":503,"code":"unavailable","message":"Nothing can be changed now, try again later"})");
  CHECK(server.get(server.in_project("/vms")).at("items").as_array().empty());
  server.log.set_fate({});
  server.post(server.in_project("/vms"), create_body);
}

TEST_CASE("too many sign-ins at once are 429") {
  MkinfServer server;
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  std::promise<void> started;
  REQUIRE(server.passwords->verify("", "x", [&, opened](bool) {
    started.set_value();
    opened.wait();
  }));
  started.get_future().wait();  // The pool's one thread is busy now.
  while (server.passwords->verify("", "x", [](bool) {})) {
  }
  const auto refused = server.ask(
      "POST", "/v0.1/auth/token",
      {R"({"grant_type":"password","email":"example@mkinf.io","password":"x"})", {}, {}});
  gate.set_value();
  CHECK(refused.status == 429);
  CHECK_THAT(refused.body, Catch::StartsWith(R"({"status":429,"code":"too_many_requests",)"));
}

TEST_CASE(
    "once the subject's key is erased, an operation shows its request without what was sealed") {
  MkinfServer server;
  const auto created = server.create_vm("a");
  const auto before = server.get(server.in_project("/vms/operations/" + created.operation_id));
  CHECK(before.at_pointer("/metadata/request").as_object().contains("ssh_public_key"));
  REQUIRE(server.subject_keys->erase(server.tenant.project_id));
  server.operations.forget_prepared();  // As the administration does.
  const auto operation = server.get(server.in_project("/vms/operations/" + created.operation_id));
  const auto& request = operation.at_pointer("/metadata/request").as_object();
  CHECK(request.at("name") == "a");
  CHECK_FALSE(request.contains("ssh_public_key"));
}
