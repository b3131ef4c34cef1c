#include <catch2/catch.hpp>

#include "actors/token/token.hpp"
#include "http/aifactory/access.hpp"
#include "http/auth/credential.hpp"
#include "tests/http/aifactory/aifactory_server.hpp"

using namespace orrery;

TEST_CASE("names of this machine, and others") {
  using aifactory::is_loopback_host;
  for (const auto* const host : {"localhost", "LOCALHOST:8001", "api.localhost", "127.0.0.1",
                                 "127.1.2.3:80", "[::1]", "[::1]:8001", "localhost:"})
    CHECK(is_loopback_host(host));
  for (const auto* const host :
       {"", "example.org", "localhost.example.org", "notlocalhost", ".localhost",
        "127.0.0.1.nip.io", "10.0.0.1", "[::2]", "[::1", "0.0.0.0", "localhost@example.org",
        "user@localhost", "127.0.0.1:8001:1", "127.0.0.1:99999", "localhost:http", "%6cocalhost",
        "::1", ":80"})
    CHECK_FALSE(is_loopback_host(host));
}

TEST_CASE("without a token only who names this machine is answered") {
  AifactoryServer server;
  CHECK(server.ask("GET", "/api/v1/services").status == 200);
  CHECK(server.ask("GET", "/api/v1/services", {}, {"Host: 127.0.0.1:8001"}).status == 200);
  const auto rebound = server.ask("GET", "/api/v1/services", {}, {"Host: evil.example:8001"});
  CHECK(rebound.status == 400);
  CHECK(server.ask("GET", "/api/v1/services", {}, {"Host: "}).status == 400);
  const auto body = R"({"recipe_name":"inference/vllm"})";
  CHECK(server.ask("POST", "/api/v1/services", body, {"Host: evil.example"}).status == 400);
  CHECK(server.services.list().empty());
}

TEST_CASE("web pages of others can start nothing: their content types are refused") {
  AifactoryServer server;
  for (const auto* const type :
       {"Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=x", "Content-Type: "})
    CHECK(server.ask("POST", "/api/v1/services", R"({"recipe_name":"inference/vllm"})", {type})
              .status == 422);
  CHECK(server.services.list().empty());
}

TEST_CASE("nobody is allowed to read answers across origins") {
  AifactoryServer server;
  const auto answer = server.ask("GET", "/api/v1/services", {}, {"Origin: https://evil.example"});
  CHECK(answer.header("Access-Control-Allow-Origin").empty());
  const auto preflight =
      server.ask("OPTIONS", "/api/v1/services", {},
                 {"Origin: https://evil.example", "Access-Control-Request-Method: POST"});
  CHECK(preflight.header("Access-Control-Allow-Origin").empty());
}

TEST_CASE("where there is a token, every route asks for it") {
  AifactoryServer server({"ais_secret"});
  for (const auto* const target : {"/api/v1/services", "/api/v1/services/1/status",
                                   "/api/v1/recipes", "/api/v1/service-groups"}) {
    const auto answer = server.ask("GET", target);
    CHECK(answer.status == 401);
    CHECK(answer.header("WWW-Authenticate") == "Bearer");
    CHECK(answer.body == R"({"detail":"Not authenticated"})");
    CHECK(server.ask("GET", target, {}, {"Authorization: Bearer wrong"}).status == 401);
    CHECK(server.ask("GET", target, {}, {"Authorization: Basic ais_secret"}).status == 401);
    CHECK(server.ask("GET", target, {}, {"Authorization: Bearer ais_secret"}).status == 200);
  }
  // Names don't matter then, and the server's own pages are open.
  CHECK(server
            .ask("GET", "/api/v1/services", {},
                 {"Host: factory.example", "Authorization: bearer ais_secret"})
            .status == 200);
  CHECK(server.ask("GET", "/health").status == 200);
}

TEST_CASE("an operator's key is as good as the token, until it is revoked") {
  AifactoryServer server({"ais_secret"});
  server.command<Token>("operator", Token::IssueKey{{credential_digest_text("oop_key"),
                                                     KeyScope::operator_, "", "test", 0}});
  const AifactoryServer::Headers key{"Authorization: Bearer oop_key"};
  CHECK(server.ask("GET", "/api/v1/services", {}, key).status == 200);
  server.command<Token>("operator", Token::Revoke{});
  CHECK(server.ask("GET", "/api/v1/services", {}, key).status == 401);
}

TEST_CASE("a customer's key of another dialect is none here") {
  AifactoryServer server({"ais_secret"});
  server.command<Token>("namespace", Token::IssueKey{{credential_digest_text("nlk_key"),
                                                      KeyScope::namespace_, "xxx", "test", 0}});
  CHECK(server.ask("GET", "/api/v1/services", {}, {"Authorization: Bearer nlk_key"}).status == 401);
}
