#include <catch2/catch.hpp>

#include "tests/http/native/admin/namespace_people.hpp"

using namespace orrery;

namespace {

std::string ids(const boost::json::value& listed) {
  std::string all;
  for (const auto& item : listed.at("items").as_array()) all += text(item, "id") + " ";
  return all;
}

}  // namespace

TEST_CASE("a namespace is opened with nothing in its wallet, under a name or a drawn one") {
  AdminPeople people;
  const auto named = people.order("POST", "/orrery/v1/namespaces", R"({"id":"acme-1"})");
  CHECK(text(named, "id") == "acme-1");
  CHECK(text(named, "balance") == "0.00");
  CHECK(text(named, "usable_coupons") == "0.00");
  CHECK(named.at("account_id").is_null());
  CHECK_FALSE(named.at("in_debt").as_bool());
  const auto drawn = people.order("POST", "/orrery/v1/namespaces", "{}");
  CHECK(text(drawn, "id").size() == 36);
  CHECK(ids(people.order("GET", "/orrery/v1/namespaces")).find("acme-1") != std::string::npos);
}

TEST_CASE("a namespace's name is fit for paths, and its account exists") {
  AdminPeople people;
  const auto& key = people.server.tenant.operator_key;
  const auto open = [&](std::string body) {
    return people.ask("POST", "/orrery/v1/namespaces", key, std::move(body));
  };
  for (const auto* id : {"Acme", "a/b", "a b", "ä", "a_b", "-a", "a-"})
    CHECK(open(fmt::format(R"({{"id":"{}"}})", id)).status == 400);
  CHECK(open(R"({"account_id":"nobody"})").status == 400);
  CHECK(open(R"({"id":"acme"})").status == 201);
  CHECK(open(R"({"id":"acme"})").status == 201);  // The same again.
  const auto account = text(
      people.order("GET", "/orrery/v1/accounts?email=member@example.org").at("items").at(0), "id");
  const auto taken = open(fmt::format(R"({{"id":"acme","account_id":"{}"}})", account));
  CHECK(taken.status == 409);
  CHECK(code_of(taken) == "wallet_exists_already");
}

TEST_CASE("everybody lists the namespaces that are his") {
  NamespacePeople people;
  const auto seen_by = [&](const std::string& key) {
    return ids(boost::json::parse(people.ask("GET", "/orrery/v1/namespaces", key).body));
  };
  CHECK(seen_by(people.server.tenant.operator_key) == "other own ");
  CHECK(seen_by(people.owner) == "own ");
  CHECK(seen_by(people.token) == "own ");
  CHECK(seen_by(people.other_token) == "other ");
  CHECK(seen_by(people.admin).empty());
  CHECK(seen_by(people.server.tenant.access_key).empty());
  const auto page = people.order("GET", "/orrery/v1/namespaces?limit=1");
  CHECK(ids(page) == "other ");
  const auto rest = people.order("GET", "/orrery/v1/namespaces?after=" + text(page, "next"));
  CHECK(ids(rest) == "own ");
  CHECK_FALSE(rest.as_object().contains("next"));
}

TEST_CASE("a token is shown once, is listed without its secret, and opens nothing once revoked") {
  NamespacePeople people;
  const auto created = boost::json::parse(
      people.ask("POST", people.own + "/tokens", people.owner, R"({"name":"ci","days":30})").body);
  const auto secret = text(created, "token");
  CHECK(secret.starts_with("nlt_"));
  CHECK(text(created, "namespace_id") == "own");
  CHECK(text(created, "expires_at").starts_with("2024-07-16T"));  // 30 days on.
  const auto listed = people.ask("GET", people.own + "/tokens", people.owner).body;
  CHECK(listed.find("\"ci\"") != std::string::npos);
  CHECK(listed.find(secret) == std::string::npos);
  CHECK(people.ask("GET", people.own, secret).status == 200);

  const auto one = people.own + "/tokens/" + text(created, "id");
  CHECK(people.ask("GET", one, people.owner).status == 200);
  CHECK(people.ask("DELETE", one, people.owner).status == 204);
  CHECK(people.ask("GET", people.own, secret).status == 401);
  CHECK(people.ask("GET", one, people.owner).status == 404);
}

TEST_CASE("a token is good for 3650 days unless said otherwise, and not longer") {
  NamespacePeople people;
  const auto listed = people.order("GET", people.own + "/tokens");
  CHECK(text(listed.at("items").at(0), "expires_at").starts_with("2034-06-14T"));
  for (const auto* days : {"0", "36501", "\"30\"", "1.5"})
    CHECK(people
              .ask("POST", people.own + "/tokens", people.owner,
                   fmt::format(R"({{"name":"ci","days":{}}})", days))
              .status == 400);
  for (const auto* name : {" ", "\\u0000", "a\\nb"})
    CHECK(people
              .ask("POST", people.own + "/tokens", people.owner,
                   fmt::format(R"({{"name":"{}"}})", name))
              .status == 400);
  const auto created = people.order("POST", people.own + "/tokens", R"({"name":"ci","days":1})");
  people.server.clock.advance(std::chrono::hours(25));
  CHECK(people.ask("GET", people.own, text(created, "token")).status == 401);
  CHECK(people.order("GET", people.own + "/tokens/" + text(created, "id")).at("expired").as_bool());
}

TEST_CASE("a regenerated token has another secret and the same id; the old one is dead at once") {
  NamespacePeople people;
  const auto id = text(people.order("GET", people.own + "/tokens").at("items").at(0), "id");
  const auto one = people.own + "/tokens/" + id;
  const auto next = people.order("POST", one + "/regenerate");
  CHECK(text(next, "id") == id);
  CHECK(text(next, "token") != people.token);
  CHECK(people.ask("GET", people.own, people.token).status == 401);
  CHECK(people.ask("GET", people.own, text(next, "token")).status == 200);

  const auto again = [&] {
    return people.ask("POST", one + "/regenerate", people.owner, R"({"days":7})",
                      {"Idempotency-Key: lost"});
  };
  const auto first = again();
  CHECK(first.status == 200);
  CHECK(again().body == first.body);
  CHECK(people.ask("POST", people.own + "/tokens/absent/regenerate", people.owner).status == 404);
}

TEST_CASE("a token that is created again under the same key is the same one") {
  NamespacePeople people;
  const auto create = [&](std::string body) {
    return people.ask("POST", people.own + "/tokens", people.owner, std::move(body),
                      {"Idempotency-Key: once"});
  };
  const auto first = create(R"({"name":"ci","days":30})");
  CHECK(first.status == 201);
  people.server.clock.advance(std::chrono::seconds(90));
  CHECK(create(R"({"name":"ci","days":30})").body == first.body);
  CHECK(code_of(create(R"({"name":"cd","days":30})")) == "idempotency_key_reused");
  CHECK(code_of(create(R"({"name":"ci","days":31})")) == "idempotency_key_reused");
}

TEST_CASE("tokens of another namespace, and keys of other kinds, are not found among tokens") {
  NamespacePeople people;
  const auto other =
      text(people.order("GET", "/orrery/v1/namespaces/other/tokens").at("items").at(0), "id");
  const auto key = text(people.order("GET", people.organization + "/keys").at("items").at(0), "id");
  for (const auto& id : {other, key}) {
    CHECK(people.ask("GET", people.own + "/tokens/" + id, people.owner).status == 404);
    CHECK(people.ask("DELETE", people.own + "/tokens/" + id, people.owner).status == 404);
    CHECK(people.ask("POST", people.own + "/tokens/" + id + "/regenerate", people.owner).status ==
          404);
  }
}

TEST_CASE("a namespace's token opens neither mkinf nor Crusoe, and says whom it speaks for") {
  NamespacePeople people;
  for (const auto* target : {"/v0.1/projects", "/v1alpha5/organizations/projects"})
    CHECK(people.ask("GET", target, people.token).status == 401);
  const auto me = boost::json::parse(people.ask("GET", "/orrery/v1/me", people.token).body);
  CHECK(text(me, "kind") == "namespace_key");
  CHECK(text(me, "namespace_id") == "own");
}
