#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "tests/http/gpushare/gpushare_server.hpp"

using namespace orrery;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

WireAnswer log_in(GpushareServer& server, const std::string& login, const std::string& password,
                  std::vector<std::string> headers = {}) {
  return server.ask("POST", "/client/login/",
                    {json::serialize(json::object{{"email", login}, {"password", password}}),
                     std::move(headers)});
}

/// A device of the same person.
GpushareServer::Person on_device(GpushareServer::Person person, const json::value& session) {
  person.token = session.at("token").as_string();
  person.device_token = session.at("device_token").as_string();
  return person;
}

bool is_signed_in(GpushareServer& server, const GpushareServer::Person& person) {
  return server.ask_as(person, "GET", "/client/list/").status == 200;
}

}  // namespace

TEST_CASE("signing in opens one more device, with a token of its own") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const auto session = json_of(log_in(server, "ada@example.com", ada.password), 201).as_object();
  CHECK(session.at("user_id") == std::stoi(ada.id));
  CHECK(session.at("username") == "ada");
  CHECK(session.at("profile_image").is_null());
  const auto phone = on_device(ada, session);
  CHECK(phone.token != ada.token);
  CHECK(is_signed_in(server, ada));
  CHECK(is_signed_in(server, phone));
  CHECK(server.get(phone, "/client/list/").at(0).at("user_token").as_string() == phone.token);
  CHECK(server.get(ada, "/client/list/").at(0).at("user_token").as_string() == ada.token);
}

TEST_CASE("a user name does as well as a mail address") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  CHECK(log_in(server, "ada", ada.password).status == 201);
  const auto body = json::serialize(json::object{{"username", "ada"}, {"password", ada.password}});
  CHECK(server.ask("POST", "/client/login/", {body, {}}).status == 201);
}

TEST_CASE("a wrong password and an unknown name are answered alike, for the same work") {
  GpushareServer server;
  (void)server.register_person("ada");
  const auto before = server.passwords.verified_count();
  const auto wrong = log_in(server, "ada@example.com", "not her password");
  const auto unknown = log_in(server, "nobody@example.com", "not her password");
  CHECK(server.passwords.verified_count() == before + 2);
  CHECK(wrong.status == 401);
  CHECK(wrong.body == unknown.body);
  CHECK(wrong.head.size() == unknown.head.size());
  for (const auto* name : {"ada@example.com", "nobody@example.com"}) {
    for (int i = 0; i < 9; ++i) (void)log_in(server, name, "not her password");
    CHECK(log_in(server, name, "not her password").status == 429);
  }
}

TEST_CASE("the password of the login is the one of Basic, and their guesses are counted together") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  for (int i = 0; i < 10; ++i) (void)log_in(server, "ada", "guess");
  CHECK(server.ask("GET", "/client/list/", {{}, {ada.basic()}}).status == 429);
}

TEST_CASE("a login says which fields it lacks") {
  GpushareServer server;
  const auto body = json_of(server.ask("POST", "/client/login/", {"{}", {}}), 400);
  CHECK(body == json::value{{"email", {"This field is required."}},
                            {"password", {"This field is required."}}});
}

TEST_CASE("a login that is sent again opens the same device") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const std::vector<std::string> key{"Idempotency-Key: once"};
  const auto first = json_of(log_in(server, "ada", ada.password, key), 201);
  CHECK(json_of(log_in(server, "ada", ada.password, key), 201) == first);
  CHECK(server.clients.find(ada.id)->devices.size() == 2);
}

TEST_CASE("beyond twenty devices the oldest one is signed out") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  for (std::size_t i = 0; i < Client::device_count_max; ++i)
    CHECK(log_in(server, "ada", ada.password).status == 201);
  CHECK_FALSE(is_signed_in(server, ada));
  CHECK(server.clients.find(ada.id)->devices.size() == Client::device_count_max);
}

TEST_CASE("signing out ends the device that is named, or else the one that asks") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const auto phone = on_device(ada, json_of(log_in(server, "ada", ada.password), 201));
  const auto named = json::serialize(json::object{{"device_token", ada.device_token}});
  SECTION("by token") {
    CHECK(server.ask_as(phone, "POST", "/client/logout/", named).status == 201);
  }
  SECTION("by password") {
    CHECK(server.ask("POST", "/client/logout/", {named, {ada.basic()}}).status == 201);
  }
  SECTION("itself") { CHECK(server.ask_as(ada, "POST", "/client/logout/").status == 201); }
  CHECK_FALSE(is_signed_in(server, ada));
  CHECK(is_signed_in(server, phone));
}

TEST_CASE("signing out does nothing for who isn't signed in, and nothing to others") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const auto eve = server.register_person("eve");
  const auto named = json::serialize(json::object{{"device_token", ada.device_token}});
  CHECK(server.ask("POST", "/client/logout/", {named, {}}).status == 201);
  CHECK(server.ask("POST", "/client/logout/", {named, {"Authorization: Token bad"}}).status == 201);
  CHECK(server.ask_as(eve, "POST", "/client/logout/", named).status == 201);
  CHECK(server.ask_as(eve, "POST", "/client/logout/", "no JSON").status == 201);
  CHECK(is_signed_in(server, ada));
  CHECK_FALSE(is_signed_in(server, eve));
}

TEST_CASE("who names a device that isn't his leaves by the one he uses") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const std::string body = GENERATE(R"({"device_token":"stale"})", R"({"device_token":7})",
                                    R"({"device_token":null})", "{}");
  CHECK(server.ask_as(ada, "POST", "/client/logout/", body).status == 201);
  CHECK_FALSE(is_signed_in(server, ada));
}
