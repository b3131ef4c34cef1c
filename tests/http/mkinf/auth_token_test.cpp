#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

namespace json = boost::json;

WireAnswer ask_token(MkinfServer& server, const json::object& body) {
  return server.ask("POST", "/v0.1/auth/token", {json::serialize(body), {}, {}});
}

json::object password_grant(const MkinfServer& server) {
  return {{"grant_type", "password"},
          {"email", "example@mkinf.io"},
          {"password", server.tenant.password}};
}

struct Tokens {
  std::string access;
  std::string refresh;
};

Tokens tokens_of(const WireAnswer& answer) {
  REQUIRE(answer.status == 200);
  const auto body = json::parse(json::string_view(answer.body));
  return {body.at("access_token").as_string().c_str(),
          body.at("refresh_token").as_string().c_str()};
}

Tokens sign_in(MkinfServer& server) { return tokens_of(ask_token(server, password_grant(server))); }

WireAnswer refresh(MkinfServer& server, const std::string& token) {
  return ask_token(server, {{"grant_type", "refresh_token"}, {"refresh_token", token}});
}

unsigned status_with(MkinfServer& server, const std::string& key) {
  return server.ask("GET", "/v0.1/projects", {{}, key, {}}).status;
}

}  // namespace

TEST_CASE("a mail address in any case and its password give a bearer token for an hour") {
  MkinfServer server;
  auto grant = password_grant(server);
  grant["email"] = "Example@MKINF.io";
  grant["scope"] = "extra fields are tolerated";
  const auto answer = ask_token(server, grant);
  CHECK(answer.header("Cache-Control") == "no-store");
  CHECK_THAT(answer.body,
             Catch::Matches(R"(\{"access_token":"mka_[^"]+","refresh_token":"mkr_[^"]+",)"
                            R"("expires_in":3600,"token_type":"bearer"\})"));
  const auto tokens = tokens_of(answer);
  CHECK(status_with(server, tokens.access) == 200);
  CHECK(status_with(server, tokens.refresh) == 401);
  server.clock.advance(std::chrono::seconds(3599));
  CHECK(status_with(server, tokens.access) == 200);
  server.clock.advance(std::chrono::seconds(1));
  CHECK(status_with(server, tokens.access) == 401);
}

TEST_CASE("a wrong password, an unknown address and an unknown refresh token look the same") {
  MkinfServer server;
  auto wrong = password_grant(server);
  wrong["password"] = "test1234";
  auto unknown = password_grant(server);
  unknown["email"] = "nobody@mkinf.io";
  const std::string body = R"({"status":401,"code":"bad_credential","message":"Unauthorized"})";
  for (const auto& answer :
       {ask_token(server, wrong), ask_token(server, unknown), refresh(server, "xdclrV...")}) {
    CHECK(answer.status == 401);
    CHECK(answer.body == body);
  }
}

TEST_CASE("a refresh token works once and replaces both tokens") {
  MkinfServer server;
  const auto first = sign_in(server);
  const auto second = tokens_of(refresh(server, first.refresh));
  CHECK(status_with(server, second.access) == 200);
  CHECK(status_with(server, first.access) == 401);
  const auto third = tokens_of(refresh(server, second.refresh));
  CHECK(status_with(server, third.access) == 200);
}

TEST_CASE("an old refresh token used again revokes its whole family, and no other") {
  MkinfServer server;
  const auto other = sign_in(server);
  const auto first = sign_in(server);
  const auto second = tokens_of(refresh(server, first.refresh));
  CHECK(refresh(server, first.refresh).status == 401);
  CHECK(status_with(server, second.access) == 401);
  CHECK(refresh(server, second.refresh).status == 401);
  CHECK(status_with(server, other.access) == 200);
}

TEST_CASE("a refresh token is good for thirty days") {
  MkinfServer server;
  const auto first = sign_in(server);
  server.clock.advance(std::chrono::hours(30 * 24) - std::chrono::seconds(1));
  const auto second = tokens_of(refresh(server, first.refresh));
  server.clock.advance(std::chrono::hours(30 * 24));
  CHECK(refresh(server, second.refresh).status == 401);
}

TEST_CASE("a token request that lacks something names the field") {
  MkinfServer server;
  const auto message = [&](const json::object& body) {
    const auto answer = ask_token(server, body);
    CHECK(answer.status == 400);
    return std::string(
        json::parse(json::string_view(answer.body)).at("message").as_string().c_str());
  };
  CHECK(message({}) == "grant_type is required");
  CHECK(message({{"grant_type", 1}}) == "grant_type must be a string");
  CHECK(message({{"grant_type", "magic"}}) ==
        "grant_type must be \"password\" or \"refresh_token\"");
  CHECK(message({{"grant_type", "password"}}) == "email is required");
  CHECK(message({{"grant_type", "password"}, {"email", "example"}, {"password", "x"}}) ==
        "email must be a mail address");
  CHECK(message({{"grant_type", "password"}, {"email", "a@b"}}) == "password is required");
  CHECK(message({{"grant_type", "refresh_token"}}) == "refresh_token is required");
  CHECK(message({{"grant_type", "refresh_token"}, {"refresh_token", nullptr}}) ==
        "refresh_token is required");
}

TEST_CASE("the document's refresh body has a comma too many: 400 with the place") {
  MkinfServer server;
  const auto answer = server.ask("POST", "/v0.1/auth/token",
                                 {R"({
    "grant_type": "refresh_token",
    "refresh_token": "xdclrV...",
})",
                                  {},
                                  {}});
  CHECK(answer.status == 400);
  CHECK_THAT(answer.body, Catch::Contains("the body is not valid JSON at line 4, column 1"));
}

TEST_CASE("a request without a good credential is 401") {
  MkinfServer server;
  const std::string body = R"({"status":401,"code":"bad_credential","message":"Unauthorized"})";
  const auto with_header = [&](std::string header) {
    return server.ask("GET", "/v0.1/projects", {{}, {}, {std::move(header)}});
  };
  const auto& key = server.tenant.access_key;
  CHECK(server.ask("GET", "/v0.1/projects", {}).body == body);
  CHECK(server.ask("GET", "/v0.1/projects", {}).header("WWW-Authenticate") == "Bearer");
  for (const auto& header : {"Authorization: Bearer", "Authorization: Bearer mkk_wrong",
                             "Authorization: Basic dXNlcjpwYXNz"})
    CHECK(with_header(header).body == body);
  CHECK(with_header("Authorization: " + key).status == 401);
  CHECK(with_header("authorization: bearer " + key).status == 200);
  CHECK(with_header("AUTHORIZATION: BEARER   " + key).status == 200);
}

TEST_CASE("the root tells who it is, and checks a credential where one is given") {
  MkinfServer server;
  CHECK(server.ask("GET", "/v0.1", {}).body == R"({"name":"mkinf","version":"v0.1"})");
  CHECK(server.ask("GET", "/v0.1", {{}, server.tenant.access_key, {}}).status == 200);
  CHECK(server.ask("GET", "/v0.1", {{}, "mkk_wrong", {}}).status == 401);
}

namespace {

WireAnswer ask_token(MkinfServer& server, const json::object& body, const std::string& key) {
  return server.ask("POST", "/v0.1/auth/token",
                    {json::serialize(body), {}, {"Idempotency-Key: " + key}});
}

}  // namespace

TEST_CASE("a sign-in sent again under its key gets the same tokens, checking the password again") {
  MkinfServer server;
  const auto first = ask_token(server, password_grant(server), "k");
  REQUIRE(first.status == 200);
  CHECK(ask_token(server, password_grant(server), "k").body == first.body);
  CHECK(ask_token(server, password_grant(server), "l").body != first.body);
  auto wrong = password_grant(server);
  wrong["password"] = "wrong";
  CHECK(ask_token(server, wrong, "k").status == 401);
  auto other = password_grant(server);
  other["scope"] = "another request";
  CHECK(ask_token(server, other, "k").status == 422);
  // Even when the tokens have been refreshed since.
  REQUIRE(refresh(server, tokens_of(first).refresh).status == 200);
  CHECK(ask_token(server, password_grant(server), "k").body == first.body);
}

TEST_CASE("a refresh sent again under its key gets the same tokens and kills nothing") {
  MkinfServer server;
  const auto tokens = sign_in(server);
  const json::object body{{"grant_type", "refresh_token"}, {"refresh_token", tokens.refresh}};
  const auto first = ask_token(server, body, "k");
  CHECK(ask_token(server, body, "k").body == first.body);
  CHECK(status_with(server, tokens_of(first).access) == 200);
  CHECK(ask_token(server, body, "l").status == 401);
  CHECK(status_with(server, tokens_of(first).access) == 401);
}
