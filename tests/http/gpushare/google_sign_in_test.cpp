#include <catch2/catch.hpp>

#include <fstream>

#include <boost/json/serialize.hpp>

#include "http/auth/google_tokens.hpp"
#include "http/gpushare/name_hold.hpp"
#include "tests/http/auth/google_key.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

struct GoogleServer {
  ScratchFolder folder;
  GoogleKey key;
  GoogleTokens tokens{{folder.path() / "jwks.json", "orrery-app"}};
  GpushareServer server{[this](GpushareContext& context) { context.google = &tokens; }};

  GoogleServer() { std::ofstream(folder.path() / "jwks.json") << key_set_of(key); }

  WireAnswer sign_in(const std::string& email, std::vector<std::string> headers = {}) {
    const auto now_s =
        std::chrono::floor<std::chrono::seconds>(server.clock.now()).time_since_epoch().count();
    const auto token = key.sign(google_claims(now_s, email));
    return server.ask("POST", "/client/google-auth/",
                      {json::serialize(json::object{{"token", token}}), std::move(headers)});
  }
};

}  // namespace

TEST_CASE("whom Google vouches for is registered, and signed in the next time") {
  GoogleServer google;
  const auto first = json_of(google.sign_in("ada@example.com"), 201).as_object();
  CHECK(first.at("username") == "ada");
  CHECK(first.at("email") == "ada@example.com");
  CHECK(first.at("profile_image_url") == "https://lh3.example/ada.png");
  const auto again = json_of(google.sign_in("Ada@example.com"), 201).as_object();
  CHECK(again.at("user_id") == first.at("user_id"));
  CHECK(again.at("token") != first.at("token"));
  const auto client = google.server.clients.find("1");
  CHECK(client->email_is_verified);
  CHECK(client->password_hash.empty());
  CHECK(client->devices.size() == 2);
}

TEST_CASE("nobody signs in by password where there is none") {
  GoogleServer google;
  (void)google.sign_in("ada@example.com");
  const auto body = json::serialize(json::object{{"email", "ada@example.com"}, {"password", " "}});
  CHECK(google.server.ask("POST", "/client/login/", {body, {}}).status == 401);
}

TEST_CASE("who registered with somebody else's address loses it to its owner") {
  GoogleServer google;
  const auto eve = google.server.register_person("ada");  // With Ada's address.
  const auto session = json_of(google.sign_in("ada@example.com"), 201);
  CHECK(session.at("user_id") == std::stoi(eve.id));
  CHECK(google.server.ask_as(eve, "GET", "/client/list/").status == 401);
  CHECK(google.server.ask("GET", "/client/list/", {{}, {eve.basic()}}).status == 401);
}

TEST_CASE("who has proved that the address is his keeps password and devices") {
  GoogleServer google;
  const auto ada = google.server.register_person("ada");
  google.server.command<Client>(ada.id, Client::VerifyEmail{});
  CHECK(google.sign_in("ada@example.com").status == 201);
  CHECK(google.server.ask_as(ada, "GET", "/client/list/").status == 200);
  CHECK(google.server.ask("GET", "/client/list/", {{}, {ada.basic()}}).status == 200);
}

TEST_CASE("a name that somebody has gets a number") {
  GoogleServer google;
  auto& server = google.server;
  (void)json_of(google.sign_in("ada@example.com"), 201);
  CHECK(json_of(google.sign_in("ada@another.example"), 201).at("username") == "ada2");
  CHECK(json_of(google.sign_in("ada@third.example"), 201).at("username") == "ada3");
  CHECK(json_of(google.sign_in("!@example.com"), 201).at("username") == "user");
  CHECK(server.clients.list().size() == 4);
}

TEST_CASE("one person who comes twice at once is one client") {
  GoogleServer google;
  const auto now_s =
      std::chrono::floor<std::chrono::seconds>(google.server.clock.now()).time_since_epoch();
  const auto body = json::serialize(
      json::object{{"token", google.key.sign(google_claims(now_s.count(), "ada@example.com"))}});
  std::vector<std::thread> requests;
  std::atomic<int> good_count{0}, later_count{0};
  for (int i = 0; i < 6; ++i)
    requests.emplace_back([&] {
      RawClient client(google.server.port());
      const auto answer = client.ask(
          "POST /client/google-auth/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
          "Content-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body);
      good_count += answer.status == 201 ? 1 : 0;
      later_count += answer.status == 503 ? 1 : 0;
    });
  for (auto& request : requests) request.join();
  CHECK(good_count >= 1);
  CHECK(good_count + later_count == 6);
  CHECK(google.server.clients.list().size() == 1);
}

TEST_CASE("a token that is no good is told so, and where Google isn't known that") {
  GoogleServer google;
  const auto bad = R"({"token":"a.b.c"})";
  CHECK(json_of(google.server.ask("POST", "/client/google-auth/", {bad, {}}), 400) ==
        json::value{{"error", "Invalid Google token."}});
  CHECK(google.server.ask("POST", "/client/google-auth/", {"{}", {}}).body ==
        R"({"token":["This field is required."]})");
  GpushareServer without;
  CHECK(without.ask("POST", "/client/google-auth/", {bad, {}}).status == 503);
}

TEST_CASE("an address is proved only while nobody changes whose it is") {
  GoogleServer google;
  const auto ada = google.server.register_person("ada");
  const auto held = gpushare::hold_names(google.server.context(), ada.id);
  CHECK(google.sign_in("ada@example.com").status == 503);
  CHECK_FALSE(google.server.clients.find(ada.id)->email_is_verified);
  held->release();
  CHECK(google.sign_in("ada@example.com").status == 201);
}
