#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "http/auth/credential.hpp"
#include "http/gpushare/registration.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"

using namespace orrery;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

json::object words(std::string_view username = "ada") {
  return {{"username", username},
          {"email", fmt::format("{}@example.com", username)},
          {"password", "a good password"},
          {"confirm_password", "a good password"},
          {"terms_accepted", true}};
}

WireAnswer send(GpushareServer& server, const json::object& body,
                std::vector<std::string> headers = {}) {
  return server.ask("POST", "/client/register/", {json::serialize(body), std::move(headers)});
}

json::value refused(GpushareServer& server, std::string_view field, const json::value& value) {
  auto body = words();
  body[field] = value;
  return json_of(send(server, body), 400);
}

json::value problem(std::string_view field, std::string_view sentence) {
  return json::object{{field, {sentence}}};
}

}  // namespace

TEST_CASE("who registers is signed in") {
  GpushareServer server;
  const auto body = json_of(send(server, words()), 201).as_object();
  CHECK(body.at("user_id") == 1);
  CHECK(body.at("username") == "ada");
  CHECK(body.at("email") == "ada@example.com");
  CHECK(body.at("role") == "user");
  CHECK(body.at("token").as_string().size() == 40);
  const auto client = server.clients.find("1");
  REQUIRE(client);
  REQUIRE(client->devices.size() == 1);
  CHECK(client->devices[0].device_id == body.at("device_token").as_string());
  CHECK(client->devices[0].token_digest == credential_digest_text(body.at("token").as_string()));
  CHECK(client->details.terms_accepted == true);
  CHECK(server.subject_keys->open(client->ip) == "127.0.0.1");
  CHECK(server.subject_keys->open(client->names.email) == "ada@example.com");
  CHECK_FALSE(client->email_is_verified);
}

TEST_CASE("names are one person's alone") {
  GpushareServer server;
  (void)server.register_person("ada");
  CHECK(refused(server, "email", "other@example.com") ==
        problem("username", "A user with that username already exists."));
  CHECK(refused(server, "username", "other") ==
        problem("email", "user with this email address already exists."));
  auto both = words();
  both["email"] = "ADA@example.com";
  CHECK(json_of(send(server, both), 400).as_object().size() == 2);
  // Names are as they are written; addresses aren't.
  CHECK(send(server, words("Ada")).status == 400);
  auto another = words("Ada");
  another["email"] = "lovelace@example.com";
  CHECK(send(server, another).status == 201);
}

TEST_CASE("two who want one name at once don't both get it") {
  GpushareServer server;
  std::vector<std::thread> people;
  std::atomic<int> registered{0}, taken{0};
  for (int i = 0; i < 8; ++i)
    people.emplace_back([&, i] {
      auto body = words();
      body["email"] = fmt::format("ada{}@example.com", i);
      const auto text = json::serialize(body);
      RawClient client(server.port());
      const auto answer =
          client.ask(fmt::format("POST /client/register/ HTTP/1.1\r\nHost: a\r\nContent-Type: "
                                 "application/json\r\nContent-Length: {}\r\n\r\n{}",
                                 text.size(), text));
      registered += answer.status == 201 ? 1 : 0;
      taken += answer.status == 400 && answer.body.find("\"username\"") != std::string::npos;
    });
  for (auto& person : people) person.join();
  CHECK(registered == 1);
  CHECK(taken == 7);
  CHECK(server.clients.list().size() == 1);
}

TEST_CASE("a registration says what is wrong with it") {
  GpushareServer server;
  const auto missing = json_of(send(server, {}), 400).as_object();
  for (const auto* field : {"username", "email", "password"})
    CHECK(missing.at(field) == json::array{"This field is required."});
  CHECK(refused(server, "email", "nobody") == problem("email", "Enter a valid email address."));
  CHECK(refused(server, "confirm_password", "another one") ==
        problem("confirm_password", "The two password fields didn't match."));
  CHECK(refused(server, "terms_accepted", false) ==
        problem("terms_accepted", "The terms must be accepted."));
  CHECK(refused(server, "username", "eve@example.com").at("username").as_array().size() == 1);
  CHECK(server.clients.list().empty());
  CHECK(server.passwords.hashed_count() == 0);
}

TEST_CASE("a password must be worth something") {
  GpushareServer server;
  const auto said = [&](const std::string& password) {
    auto body = words();
    body["password"] = body["confirm_password"] = password;
    return json_of(send(server, body), 400).at("password");
  };
  CHECK(said("short") ==
        json::array{"This password is too short. It must contain at least 8 characters."});
  CHECK(said("äöüäöü") ==
        json::array{"This password is too short. It must contain at least 8 characters."});
  CHECK(said("31415926") == json::array{"This password is entirely numeric."});
  CHECK(said("ada@example.com") ==
        json::array{"The password is too similar to the email address."});
  CHECK(said(std::string(129, 'x')) ==
        json::array{"Ensure this field has no more than 128 characters."});
  // Blanks are part of it.
  auto body = words();
  body["password"] = body["confirm_password"] = " 1234567 ";
  CHECK(send(server, body).status == 201);
}

TEST_CASE("a registration that is sent again makes nobody new") {
  GpushareServer server;
  const std::vector<std::string> key{"Idempotency-Key: first"};
  const auto first = json_of(send(server, words(), key), 201);
  CHECK(json_of(send(server, words(), key), 201) == first);
  CHECK(server.clients.list().size() == 1);
  CHECK(server.clients.find("1")->devices.size() == 1);
  CHECK(server.passwords.hashed_count() == 1);
  CHECK(send(server, words("eve"), key).status == 422);
  CHECK(send(server, words("eve")).status == 201);
}

TEST_CASE("one address registers only so many people") {
  GpushareServer server([](GpushareContext& context) {
    context.peer_registrations = std::make_shared<GuessLimit>(GuessLimit::Allowance{2, 7s});
  });
  CHECK(send(server, words("ada")).status == 201);
  CHECK(send(server, words("bob")).status == 201);
  const auto answer = send(server, words("eve"));
  CHECK(answer.status == 429);
  CHECK(answer.header("Retry-After") == "7");
  server.clock.advance(7s);
  CHECK(send(server, words("eve")).status == 201);
}

TEST_CASE("credentials that are no good don't keep anybody from registering") {
  GpushareServer server;
  CHECK(send(server, words(), {"Authorization: Token of-yesterday"}).status == 201);
}

TEST_CASE("a registration that is sent again signs in by the password of now") {
  GpushareServer server;
  const std::vector<std::string> key{"Idempotency-Key: first"};
  CHECK(send(server, words(), key).status == 201);
  server.command<Client>("1", Client::ChangePassword{server.passwords.hash("her new password")});
  CHECK(send(server, words(), key).status == 401);
  CHECK(server.clients.find("1")->devices.empty());
}

TEST_CASE("of who is refused, nothing can be read any more") {
  GpushareServer server;
  (void)server.register_person("ada");
  // Past the edge's own look at the names, as two requests that come at once.
  gpushare::NewClient eve;
  eve.username = "ada";
  eve.email = "eve@example.com";
  std::promise<gpushare::Registration> done;
  const auto context = std::make_shared<const GpushareContext>(server.context());
  gpushare::register_client(context, eve, {"anonymous", "test", "eve's", ""},
                            [&](const gpushare::Registration& end) { done.set_value(end); });
  CHECK(done.get_future().get().kind == gpushare::Registration::Kind::username_taken);
  wait_until("the key is gone",
             [&] { return !server.subject_keys->seal_known(client_subject("2"), "anything"); });
  CHECK(server.subject_keys->seal_known(client_subject("1"), "anything"));
}

TEST_CASE("who is erased by whomever loses the key of his data") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  server.command<Client>(ada.id, Client::Erase{});
  wait_until("the key is gone",
             [&] { return !server.subject_keys->seal_known(client_subject(ada.id), "anything"); });
}
