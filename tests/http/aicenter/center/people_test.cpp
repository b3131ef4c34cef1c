#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "tests/http/aicenter/center_server.hpp"

namespace orrery {
namespace {

constexpr auto words =
    R"({"name":"park","full_name":"Park Ji","email":"park@inha.edu","affiliation":"EE",)"
    R"("purpose":"vision","class":"A","team":"vision"})";

/// Where people may apply; an administrator and an ordinary user.
struct People : CenterServer {
  People() {
    goes_by(small_policy());
    has_user("boss", "vision", CenterRole::administrator);
    has_user("kim");
    boss = as("boss");
    kim = as("kim");
  }
  boost::json::value apply(const std::string& body = words, unsigned status = 201,
                           Headers headers = {}) {
    return send("POST", "/orrery/v1/center/applications", headers, body, status);
  }
  std::string code(const boost::json::value& problem) {
    return problem.at("code").as_string().c_str();
  }

  Headers boss;
  Headers kim;
  const Headers nobody;
};

const std::string users = "/orrery/v1/center/users";

TEST_CASE("who applies is approved and then has a token", "[aicenter]") {
  People server;
  CHECK(server.apply().at("status") == "applied");
  CHECK(server.ask("GET", "/slurm/v0.0.38/ping", server.as("park")).status == 401);
  const auto waiting = server.get(users + "?status=applied", server.boss).at("items");
  REQUIRE(waiting.as_array().size() == 1);
  CHECK(waiting.at(0).at("full_name") == "Park Ji");
  CHECK(waiting.at(0).at("email") == "park@inha.edu");
  CHECK(waiting.at(0).at("uid").is_null());
  const auto approved = server.send("POST", users + "/park/approve", server.boss, "");
  CHECK(approved.at("status") == "approved");
  CHECK(approved.at("uid") == 10'003);
  CHECK(approved.at("partition") == "p1");
  const auto token = server.send("POST", "/orrery/v1/center/tokens", server.boss,
                                 R"({"user":"park","lifespan_s":600})", 201);
  CHECK(token.at("expires_at") == "2026-03-01T12:10:00Z");
  const People::Headers park{"X-SLURM-USER-NAME: park",
                             "X-SLURM-USER-TOKEN: " + std::string(token.at("token").as_string())};
  CHECK(server.get("/orrery/v1/center/me", park).at("affiliation") == "EE");
}

TEST_CASE("what people say of themselves is in no event", "[aicenter]") {
  People server;
  server.apply();
  std::string all;
  const auto visit = [&](const StoredEvent& stored) {
    all.append(stored.stream).append(stored.payload).append(stored.actor);
    return true;
  };
  REQUIRE(server.log.read(1, server.log.head(), visit).has_value());
  for (const auto* const said : {"Park Ji", "park@inha.edu", "EE\n"})
    CHECK(all.find(said) == std::string::npos);
}

TEST_CASE("an application must make sense", "[aicenter]") {
  People server;
  const auto detail = [&](const std::string& body) {
    return std::string(server.apply(body, 400).at("detail").as_string());
  };
  CHECK(detail("{}").starts_with("name "));
  CHECK(detail(R"({"name":"Park"})").starts_with("name must be 1 to 32"));
  CHECK(detail(R"({"name":"root"})") == "name is nobody's to have");
  CHECK(detail(R"({"name":"a","full_name":"A","email":"a","class":"A"})") ==
        "email must be a mail address");
  CHECK(detail(R"({"name":"a","full_name":"A","email":"a@b.c","class":"Z"})") ==
        "class must be one of A, B");
  CHECK(detail(R"({"name":"a","full_name":"A","email":"a@b.c","class":"A","team":"zz"})") ==
        "team must be the name of a team");
}

TEST_CASE("an application that is sent again is the same one", "[aicenter]") {
  People server;
  const People::Headers key{"Idempotency-Key: one"};
  CHECK(server.apply(words, 201, key) == server.apply(words, 201, key));
  const auto other = std::string(words).replace(9, 4, "choi");
  CHECK(server.code(server.apply(other, 422, key)) == "idempotency_key_reused");
  CHECK(server.code(server.apply(words, 409)) == "user_exists_already");
}

TEST_CASE("too many applications from one address are held back", "[aicenter]") {
  People server;
  unsigned last = 0;
  for (int i = 0; i < 21; ++i)
    last = server.ask("POST", "/orrery/v1/center/applications", {}, "{}").status;
  CHECK(last == 429);
}

TEST_CASE("who was declined may apply again", "[aicenter]") {
  People server;
  server.apply();
  const auto declined =
      server.send("POST", users + "/park/decline", server.boss, R"({"reason":"no room"})");
  CHECK(declined.at("decline_reason") == "no room");
  CHECK(server.apply().at("status") == "applied");
  CHECK(server.code(server.send("POST", users + "/kim/decline", server.boss,
                                R"({"reason":"no room"})", 409)) == "user_exists_already");
}

TEST_CASE("only administrators decide about people", "[aicenter]") {
  People server;
  server.apply();
  for (const std::string way : {"/park/approve", "/park/decline", "/park/suspend"})
    CHECK(server.ask("POST", users + way, server.kim).status == 403);
  CHECK(server.ask("GET", users, server.kim).status == 403);
  CHECK(server.ask("GET", users + "/park", server.kim).status == 404);
  CHECK(server.ask("GET", users + "/kim", server.kim).status == 200);
  CHECK(server.ask("DELETE", users + "/kim", server.kim).status == 403);
  CHECK(server.ask("GET", users, {}).status == 401);
  CHECK(server.ask("GET", users, server.as_operator()).status == 200);
  CHECK(server.ask("POST", "/orrery/v1/center/tokens", server.kim, R"({"user":"boss"})").status ==
        403);
  CHECK(server.ask("POST", "/orrery/v1/center/tokens", server.kim).status == 201);
}

TEST_CASE("an operator of the server makes users at once", "[aicenter]") {
  People server;
  const auto made = server.send(
      "POST", users, server.as_operator(),
      R"({"name":"lee","class":"B","team":"vision","role":"operator","limits":{"gpus_max":8}})",
      201);
  CHECK(made.at("role") == "operator");
  CHECK(made.at("limits").at("gpus_max") == 8);
  CHECK(made.at("email").is_null());
  const auto wrong = [&](const std::string& body) {
    const auto answer = server.send("POST", users, server.as_operator(), body, 400);
    return std::string(answer.at("detail").as_string());
  };
  CHECK(wrong(R"({"name":"a","class":"B"})") == "team is required");
  CHECK(wrong(R"({"name":"a","class":"B","team":"vision","role":"king"})") ==
        "role must be none, operator or administrator");
  CHECK(wrong(R"({"name":"a","class":"B","team":"vision","limits":{"zz":1}})") ==
        "limits.zz is no limit");
  server.apply();
  CHECK(server.code(server.send("POST", users, server.boss,
                                R"({"name":"park","class":"B","team":"vision"})", 409)) ==
        "user_has_applied");
}

TEST_CASE("a grant changes as a whole, what isn't said stays", "[aicenter]") {
  People server;
  const auto changed =
      server.send("PUT", users + "/kim/grant", server.boss, R"({"limits":{"jobs_max":5}})");
  CHECK(changed.at("limits").at("jobs_max") == 5);
  CHECK(changed.at("class") == "A");
  const auto again = server.send("PUT", users + "/kim/grant", server.boss, R"({"class":"B"})");
  CHECK(again.at("partition") == "p2");
  CHECK(again.at("limits").at("jobs_max") == 5);
}

TEST_CASE("who is suspended reads, and changes nothing", "[aicenter]") {
  People server;
  const auto suspended =
      server.send("POST", users + "/kim/suspend", server.boss,
                  R"({"reason":"computed on the login node","until":"2026-03-02T00:00:00Z"})");
  CHECK(suspended.at("suspension").at("until") == "2026-03-02T00:00:00Z");
  CHECK(server.ask("GET", "/orrery/v1/center/me", server.kim).status == 200);
  CHECK(server.ask("POST", "/orrery/v1/center/tokens", server.kim).status == 403);
  server.send("POST", users + "/kim/reinstate", server.boss, "");
  CHECK(server.ask("POST", "/orrery/v1/center/tokens", server.kim).status == 201);
  const auto past = server.send("POST", users + "/kim/suspend", server.boss,
                                R"({"reason":"x","until":"2020-01-01T00:00:00Z"})", 400);
  CHECK(past.at("detail") == "until must be in the future");
}

TEST_CASE("a suspended administrator gets round it in nobody's name", "[aicenter]") {
  People server;
  server.has_user("chief", "vision", CenterRole::administrator);
  auto as_chief = server.boss;
  as_chief[0] = "X-SLURM-USER-NAME: chief";
  CHECK(server.get("/orrery/v1/center/me", as_chief).at("name") == "chief");
  server.send("POST", users + "/boss/suspend", server.as("chief"), R"({"reason":"penalty"})");
  CHECK(server.ask("POST", users + "/boss/reinstate", server.boss).status == 403);
  CHECK(server.ask("POST", users + "/boss/reinstate", as_chief).status == 401);
}

TEST_CASE("operators don't lock administrators out", "[aicenter]") {
  People server;
  server.has_user("night", "vision", CenterRole::operator_);
  const auto night = server.as("night");
  CHECK(server.ask("POST", users + "/boss/suspend", night, R"({"reason":"x"})").status == 403);
  CHECK(server.ask("POST", users + "/boss/reinstate", night).status == 403);
  CHECK(server.ask("POST", users + "/kim/suspend", night, R"({"reason":"x"})").status == 200);
}

TEST_CASE("tokens that were taken back are worth nothing, new ones are", "[aicenter]") {
  People server;
  server.send("POST", users + "/kim/revoke-tokens", server.kim, "");
  CHECK(server.ask("GET", "/orrery/v1/center/me", server.kim).status == 401);
  const auto token =
      server.send("POST", "/orrery/v1/center/tokens", server.boss, R"({"user":"kim"})", 201);
  const People::Headers fresh{"Authorization: Bearer " +
                              std::string(token.at("token").as_string())};
  CHECK(server.ask("GET", "/orrery/v1/center/me", fresh).status == 200);
  CHECK(server.ask("POST", users + "/boss/revoke-tokens", fresh).status == 403);
}

TEST_CASE("nobody can read an erased person any more", "[aicenter]") {
  People server;
  server.apply();
  const auto box = server.center.user("park")->person.email;
  CHECK(server.subject_keys->open(box) == "park@inha.edu");
  CHECK(server.ask("DELETE", users + "/park", server.boss).status == 204);
  CHECK(server.subject_keys->open(box) == std::nullopt);
  CHECK(server.ask("GET", users + "/park", server.boss).status == 404);
  CHECK(server.ask("DELETE", users + "/park", server.boss).status == 204);
  CHECK(server.ask("DELETE", users + "/zz", server.boss).status == 404);
  CHECK(server.code(server.apply(words, 409)) == "user_exists_already");
}

TEST_CASE("people are listed page by page", "[aicenter]") {
  People server;
  const auto first = server.get(users + "?limit=1", server.boss);
  CHECK(first.at("items").at(0).at("name") == "boss");
  const auto second = server.get(users + "?limit=1&after=boss", server.boss);
  CHECK(second.at("items").at(0).at("name") == "kim");
  CHECK(!second.as_object().contains("next"));
  CHECK(server.get(users + "?team=zz", server.boss).at("items").as_array().empty());
  CHECK(server.ask("GET", users + "?status=zz", server.boss).status == 400);
  CHECK(server.ask("GET", users + "?limit=0", server.boss).status == 400);
}

}  // namespace
}  // namespace orrery
