#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

TEST_CASE("a stranger's objects answer exactly as absent ones") {
  MkinfServer server;
  const auto created = server.create_vm("mine");
  server.ended(created.operation_id);
  const auto& foreign_key = server.stranger.access_key;
  const std::string absent = "00000000-0000-4000-8000-000000000000";

  for (const std::string rest : {"/specs", "/availabilities", "/images", "/locations", "/vms",
                                 "/vms/operations", "/vms/x", "/vms/operations/x", "/images/x"}) {
    const auto foreign = server.ask("GET", server.in_project(rest), {{}, foreign_key, {}});
    const auto missing =
        server.ask("GET", "/v0.1/projects/" + absent + rest, {{}, foreign_key, {}});
    CHECK(foreign.status == 404);
    CHECK(foreign.body == R"({"status":404,"code":"not_found","message":"project not found"})");
    CHECK(foreign.body == missing.body);
  }
  CHECK(server.ask("POST", server.in_project("/vms"), {"{}", foreign_key, {}}).status == 404);
  CHECK(server.ask("DELETE", server.in_project("/vms/x"), {{}, foreign_key, {}}).status == 404);

  // Their own project, our ids.
  const auto theirs = "/v0.1/projects/" + server.stranger.project_id;
  const auto ask = [&](std::string_view method, const std::string& rest) {
    return server.ask(method, theirs + rest, {{}, foreign_key, {}}).body;
  };
  CHECK(ask("GET", "/vms/" + created.vm_id) == ask("GET", "/vms/" + absent));
  CHECK(ask("DELETE", "/vms/" + created.vm_id) == ask("DELETE", "/vms/" + absent));
  CHECK(ask("GET", "/vms/operations/" + created.operation_id) ==
        ask("GET", "/vms/operations/" + absent));
  CHECK(ask("GET", "/vms") == R"({"items":[]})");
}

TEST_CASE("a project key reaches its project, an organization key all of its organization") {
  MkinfServer server;
  const auto status = [&](const std::string& target, const std::string& key) {
    return server.ask("GET", target, {{}, key, {}}).status;
  };
  const auto& project_key = server.tenant.project_access_key;
  const auto billing = fmt::format("/v0.1/organizations/{}/billing", server.tenant.organization_id);
  CHECK(status(server.in_project("/vms"), project_key) == 200);
  CHECK(status(server.in_project("/vms"), server.tenant.access_key) == 200);
  CHECK(status("/v0.1/projects/" + server.stranger.project_id + "/vms", project_key) == 404);
  CHECK(status(billing, server.tenant.access_key) == 200);
  CHECK(status(billing, server.stranger.access_key) == 404);
  CHECK(status(billing, server.tenant.project_access_key) == 403);
  CHECK(boost::json::parse(boost::json::string_view(
                               server.ask("GET", "/v0.1/projects", {{}, project_key, {}}).body))
            .as_array()
            .size() == 1);
}

TEST_CASE("the billing URL opens a page of this server for half an hour") {
  MkinfServer server;
  const auto target = fmt::format("/v0.1/organizations/{}/billing", server.tenant.organization_id);
  const std::string url =
      server.get(target + "?return_url=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2")
          .at("url")
          .as_string()
          .c_str();
  const std::string base = "http://api.mkinf.io";
  REQUIRE(url.starts_with(base + "/v0.1/billing/sessions/"));
  const auto path = url.substr(base.size());
  const auto page = server.ask("GET", path, {});
  CHECK(page.status == 200);
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK_THAT(page.body, Catch::Contains("Billing of mkinf"));
  CHECK_THAT(page.body, Catch::Contains(R"(href="https://a.example/?x=1&amp;y=2")"));
  auto changed = path;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  CHECK(server.ask("GET", changed, {}).status == 404);
  CHECK(server.ask("GET", "/v0.1/billing/sessions/x", {}).status == 404);
  server.clock.advance(std::chrono::minutes(30));
  CHECK(server.ask("GET", path, {}).status == 404);
}

TEST_CASE("a billing page leads back to web addresses only") {
  MkinfServer server;
  const auto target =
      fmt::format("/v0.1/organizations/{}/billing?return_url=", server.tenant.organization_id);
  for (const auto url : {"javascript:alert(1)", "ftp://a.example/", "/relative", "https://"})
    CHECK(server.get(target + url, 400).at("message") == "return_url must be an http or https URL");
}
