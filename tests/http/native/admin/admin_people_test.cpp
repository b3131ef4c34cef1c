#include <catch2/catch.hpp>

#include "http/auth/guess_limit.hpp"
#include "tests/http/native/admin/admin_people.hpp"

using namespace orrery;

TEST_CASE("a person is added the same way whether or not there is an account") {
  AdminPeople people;
  const auto members = people.organization + "/members";
  const auto ask = [&](std::string_view email) {
    return people.ask(
        "POST", members, people.server.tenant.operator_key,
        fmt::format(R"({{"email":"{}","role":"member","password":"a new password"}})", email));
  };
  const auto unknown = ask("new@example.org");
  const auto known = ask(people.server.stranger.email);
  CHECK(unknown.status == 201);
  CHECK(known.status == 201);
  CHECK(boost::json::parse(known.body).as_object().size() ==
        boost::json::parse(unknown.body).as_object().size());
  // Who has an account keeps its password; who had none has the one given.
  CHECK(people.sign_in("new@example.org", "a new password").status == 200);
  CHECK(people.sign_in(people.server.stranger.email, "a new password").status == 401);
  CHECK(people.sign_in(people.server.stranger.email, people.server.stranger.password).status ==
        200);

  const auto id = text(boost::json::parse(known.body), "account_id");
  people.order("POST", "/orrery/v1/accounts/" + id + "/disable");
  CHECK(ask(people.server.stranger.email).body == known.body);
}

TEST_CASE("an organization's admin adds people, but sets nobody's password") {
  AdminPeople people;
  const auto members = people.organization + "/members";
  const auto with_password = R"({"email":"ann@example.org","role":"admin","password":"my choice"})";
  CHECK(people.ask("POST", members, people.admin, with_password).status == 403);
  CHECK(people.sign_in("ann@example.org", "my choice").status == 401);
  const auto without = R"({"email":"ann@example.org","role":"admin"})";
  const auto added = people.ask("POST", members, people.admin, without);
  REQUIRE(added.status == 201);
  const auto account = text(boost::json::parse(added.body), "account_id");
  people.order("POST", "/orrery/v1/accounts/" + account + "/password",
               R"({"password":"her own choice"})");
  CHECK(people.sign_in("ann@example.org", "her own choice").status == 200);
}

TEST_CASE("members are listed, change their roles, and leave") {
  AdminPeople people;
  const auto members = people.organization + "/members";
  const auto listed = boost::json::parse(people.ask("GET", members, people.member).body);
  REQUIRE(listed.at("items").as_array().size() == 2);
  const auto& himself = listed.at("items").at(1);
  CHECK(text(himself, "email") == "member@example.org");
  CHECK(text(himself, "role") == "member");

  const auto one = members + "/" + text(himself, "account_id");
  const auto admin = members + "/" + text(listed.at("items").at(0), "account_id");
  CHECK(people.ask("PATCH", one, people.member, R"({"role":"admin"})").status == 403);
  CHECK(people.ask("DELETE", admin, people.member).status == 403);
  CHECK(people.ask("PATCH", one, people.admin, R"({"role":"admin"})").status == 200);
  CHECK(people.ask("GET", people.organization + "/keys", people.member).status == 200);
  CHECK(people.ask("PATCH", one, people.admin, R"({"role":"king"})").status == 400);
  CHECK(people.ask("PATCH", one, people.admin, R"({"role":"member"})").status == 200);
  CHECK(people.ask("DELETE", one, people.member).status == 204);
  CHECK(people.ask("GET", members, people.member).status == 404);
  CHECK(people.ask("DELETE", one, people.admin).status == 404);
}

TEST_CASE("a changed password ends all sessions of the account") {
  AdminPeople people;
  const auto change = [&](std::string_view present, std::string_view next) {
    return people.ask(
        "POST", "/orrery/v1/me/password", people.member,
        fmt::format(R"({{"current_password":"{}","new_password":"{}"}})", present, next));
  };
  CHECK(change("wrong password", "another password").status == 403);
  CHECK(change("member's password", "short").status == 400);
  CHECK(change("member's password", "another password").status == 204);
  CHECK(people.ask("GET", "/orrery/v1/me", people.member).status == 401);
  CHECK(people.sign_in("member@example.org", "member's password").status == 401);
  CHECK(people.sign_in("member@example.org", "another password").status == 200);
  CHECK(people
            .ask("POST", "/orrery/v1/me/password", people.server.tenant.access_key,
                 R"({"current_password":"a","new_password":"another password"})")
            .status == 403);
}

TEST_CASE("passwords are guessed a few times only, whether or not somebody has the address") {
  AdminPeople people;
  for (const auto* email : {"member@example.org", "nobody@example.org"}) {
    INFO(email);
    std::string refused;
    for (unsigned i = 0; i < GuessLimit::guess_count_max; ++i) {
      const auto answer = people.sign_in(email, "a wrong guess");
      CHECK(answer.status == 401);
      refused = answer.body;
    }
    const auto limited = people.sign_in(email, "member's password");
    CHECK(limited.status == 429);
    CHECK(code_of(limited) == "too_many_requests");
    CHECK(refused == people.sign_in("other@nowhere.org", "x").body);
  }
  people.server.clock.advance(GuessLimit::pause);
  CHECK(people.sign_in("member@example.org", "member's password").status == 200);
  CHECK(people.sign_in("member@example.org", "a wrong guess").status == 401);
}

TEST_CASE("operators find, disable and enable accounts, and set their passwords") {
  AdminPeople people;
  const auto found =
      people.order("GET", "/orrery/v1/accounts?email=Member%40Example.org").at("items");
  REQUIRE(found.as_array().size() == 1);
  const auto account = "/orrery/v1/accounts/" + text(found.at(0), "id");
  CHECK(text(people.order("GET", account), "email") == "member@example.org");
  CHECK(people.order("GET", "/orrery/v1/accounts?email=a@b.c").at("items").as_array().empty());

  CHECK(people.order("POST", account + "/disable").at("disabled").as_bool());
  CHECK(people.ask("GET", "/orrery/v1/me", people.member).status == 401);
  CHECK(people.sign_in("member@example.org", "member's password").status == 401);
  CHECK_FALSE(people.order("POST", account + "/enable").at("disabled").as_bool());
  const auto session = people.signed_in("member@example.org", "member's password");
  people.order("POST", account + "/password", R"({"password":"set by somebody"})");
  CHECK(people.ask("GET", "/orrery/v1/me", session).status == 401);
  CHECK(people.sign_in("member@example.org", "set by somebody").status == 200);
  CHECK(people.ask("POST", "/orrery/v1/accounts/nobody/disable", people.server.tenant.operator_key)
            .status == 404);
}

TEST_CASE("an erased person is gone from every answer, and nobody is signed in") {
  AdminPeople people;
  const auto found =
      people.order("GET", "/orrery/v1/accounts?email=member@example.org").at("items");
  const auto account = "/orrery/v1/accounts/" + text(found.at(0), "id");
  people.order("DELETE", account + "/personal-data");
  CHECK(people.order("GET", account).at("email").is_null());
  CHECK(people.order("GET", account).at("disabled").as_bool());
  CHECK(people.ask("GET", "/orrery/v1/me", people.member).status == 401);
  CHECK(people.ask("GET", people.organization + "/members", people.admin)
            .body.find("member@example.org") == std::string::npos);
  people.order("DELETE", account + "/personal-data");  // Twice is once.
  const auto enabled = people.ask("POST", account + "/enable", people.server.tenant.operator_key);
  CHECK(enabled.status == 409);
}

TEST_CASE("what a project's keys have sent is erased from answers that were prepared, too") {
  AdminPeople people;
  const auto created = people.server.create_vm("vm");
  const auto operation = people.server.in_project("/vms/operations/" + created.operation_id);
  const auto shown = [&] {
    return people.ask("GET", operation, people.server.tenant.access_key).body.find("AAAAB") !=
           std::string::npos;
  };
  CHECK(shown());
  people.order("DELETE", people.project + "/personal-data");
  CHECK_FALSE(shown());
}

TEST_CASE("everybody learns whom his credential speaks for") {
  AdminPeople people;
  const auto kind = [&](std::string_view key) {
    return text(boost::json::parse(people.ask("GET", "/orrery/v1/me", key).body), "kind");
  };
  CHECK(kind(people.member) == "session");
  CHECK(kind(people.server.tenant.access_key) == "organization_key");
  CHECK(kind(people.server.tenant.project_access_key) == "project_key");
  CHECK(kind(people.server.tenant.operator_key) == "operator_key");
}
