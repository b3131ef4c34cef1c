#include <catch2/catch.hpp>

#include "http/auth/edge_secret.hpp"
#include "tests/http/native/admin/admin_people.hpp"

using namespace orrery;

TEST_CASE("an access key is shown once, works at once, and is dead once it is revoked") {
  AdminPeople people;
  const auto keys = people.organization + "/keys";
  const auto created = people.ask("POST", keys, people.admin, R"({"name":"ci"})");
  REQUIRE(created.status == 201);
  CHECK(created.header("Cache-Control") == "no-store");
  const auto key = boost::json::parse(created.body);
  const auto secret = text(key, "access_key");
  CHECK(text(key, "scope") == "organization");
  CHECK(text(key, "signing_secret") == EdgeSecret().signing_secret(text(key, "id")));
  CHECK(key.at("expires_at").is_null());
  CHECK(people.ask("GET", "/v0.1/projects", secret).status == 200);

  const auto listed = people.ask("GET", keys, people.admin).body;
  CHECK(listed.find(text(key, "id")) != std::string::npos);
  CHECK(listed.find(secret) == std::string::npos);
  CHECK(listed.find(text(key, "signing_secret")) == std::string::npos);
  CHECK(people.ask("GET", keys + "/" + text(key, "id"), people.admin).status == 200);

  const auto one = keys + "/" + text(key, "id");
  CHECK(people.ask("DELETE", one, people.admin).status == 204);
  CHECK(people.ask("GET", "/v0.1/projects", secret).status == 401);
  CHECK(people.ask("GET", one, people.admin).status == 404);
  CHECK(people.ask("DELETE", one, people.admin).status == 404);
}

TEST_CASE("a key of one project reaches that project alone, until it expires") {
  AdminPeople people;
  const auto keys = people.organization + "/keys";
  const auto& project = people.server.tenant.project_id;
  const auto other = people.order("POST", people.organization + "/projects", R"({"name":"two"})");
  const auto body = fmt::format(
      R"({{"name":"ci","project_id":"{}","expires_at":"2024-06-16T16:00:00Z"}})", project);
  const auto key = people.order("POST", keys, body);
  const auto secret = text(key, "access_key");
  CHECK(text(key, "scope") == "project");
  CHECK(text(key, "project_id") == project);
  CHECK_FALSE(key.at("expired").as_bool());
  CHECK(people.ask("GET", "/v0.1/projects/" + project + "/vms", secret).status == 200);
  CHECK(people.ask("GET", "/v0.1/projects/" + text(other, "id") + "/vms", secret).status == 404);

  people.server.clock.advance(std::chrono::hours(1));
  CHECK(people.ask("GET", "/v0.1/projects/" + project + "/vms", secret).status == 401);
  const auto shown = people.order("GET", keys + "/" + text(key, "id"));
  CHECK(shown.at("expired").as_bool());
}

TEST_CASE("keys are made for the organization's own projects, and end in the future") {
  AdminPeople people;
  const auto keys = people.organization + "/keys";
  const auto ask = [&](std::string body) {
    return people.ask("POST", keys, people.admin, std::move(body));
  };
  CHECK(ask(R"({"name":""})").status == 400);
  CHECK(ask(R"({"name":"a","expires_at":"2024-01-01T00:00:00Z"})").status == 400);
  CHECK(ask(R"({"name":"a","expires_at":"soon"})").status == 400);
  CHECK(ask(fmt::format(R"({{"name":"a","project_id":"{}"}})", people.server.stranger.project_id))
            .status == 400);
  const auto theirs =
      people.server.identity.keys_of_organization(people.server.stranger.organization_id);
  REQUIRE_FALSE(theirs.empty());
  CHECK(people.ask("DELETE", keys + "/" + theirs[0].id, people.admin).status == 404);
  CHECK(people.server.identity.key(theirs[0].id));
}

TEST_CASE("a POST that is sent again under its key does nothing twice, and shows the same secret") {
  AdminPeople people;
  const auto keys = people.organization + "/keys";
  const std::vector<std::string> header{"Idempotency-Key: first"};
  const auto first = people.ask("POST", keys, people.admin, R"({"name":"ci"})", header);
  const auto again = people.ask("POST", keys, people.admin, R"({"name":"ci"})", header);
  CHECK(first.status == 201);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  const auto other = people.ask("POST", keys, people.admin, R"({"name":"other"})", header);
  CHECK(other.status == 422);
  CHECK(code_of(other) == "idempotency_key_reused");
  const auto by_key =
      people.ask("POST", keys, people.server.tenant.access_key, R"({"name":"ci"})", header);
  CHECK(by_key.body != first.body);

  const auto organizations = "/orrery/v1/organizations";
  const auto& operator_key = people.server.tenant.operator_key;
  const auto acme = people.ask("POST", organizations, operator_key, R"({"name":"acme"})", header);
  CHECK(people.ask("POST", organizations, operator_key, R"({"name":"acme"})", header).body ==
        acme.body);
  CHECK(people.ask("POST", organizations, operator_key, R"({"name":"apex"})", header).status ==
        422);
}

TEST_CASE("operators make operators, and the last key stays") {
  AdminPeople people;
  const auto keys = people.order("GET", "/orrery/v1/operator-keys").at("items").as_array();
  REQUIRE(keys.size() == 2);  // One of each tenant's bootstrap.
  const auto made = people.order("POST", "/orrery/v1/operator-keys", R"({"name":"night shift"})");
  const auto secret = text(made, "access_key");
  CHECK(made.as_object().if_contains("signing_secret") == nullptr);
  for (const auto& key : keys)
    CHECK(people.ask("DELETE", "/orrery/v1/operator-keys/" + text(key, "id"), secret).status ==
          204);
  CHECK(people.ask("GET", "/orrery/v1/nodes", people.server.tenant.operator_key).status == 401);
  const auto last = people.ask("DELETE", "/orrery/v1/operator-keys/" + text(made, "id"), secret);
  CHECK(last.status == 409);
  CHECK(code_of(last) == "last_operator_key");
  CHECK(people.ask("DELETE", "/orrery/v1/operator-keys/unknown", secret).status == 404);
}
