#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include <fmt/format.h>

#include "http/auth/base64url.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view mine = "/client/list/";

WireAnswer ask_with(GpushareServer& server, const std::string& authorization) {
  return server.ask("GET", mine, {{}, {"Authorization: " + authorization}});
}

void check_refused(const WireAnswer& answer, std::string_view sentence) {
  CHECK(answer.status == 401);
  CHECK(answer.header("WWW-Authenticate") == "Basic realm=\"api\"");
  CHECK(json_of(answer, 401) == boost::json::value{{"detail", sentence}});
}

/// Of one who has another password.
std::string basic(const std::string& login, const std::string& password) {
  GpushareServer::Person person;
  person.username = login;
  person.password = password;
  return person.basic().substr(std::string_view("Authorization: ").size());
}

}  // namespace

TEST_CASE("a client is known by token and by password") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const auto authorization =
      GENERATE_COPY("Token " + ada.token, "token " + ada.token, "Bearer " + ada.token,
                    "Token   " + ada.token, basic("ada", ada.password),
                    basic("ada@example.com", ada.password), basic("ADA@Example.com", ada.password));
  const auto answer = ask_with(server, authorization);
  INFO(authorization);
  CHECK(json_of(answer, 200).at(0).at("user").at("username") == "ada");
}

TEST_CASE("who doesn't say who he is, or badly, is told so as Django does it") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  check_refused(server.ask("GET", mine, {}), "Authentication credentials were not provided.");
  check_refused(ask_with(server, "Digest x"), "Authentication credentials were not provided.");
  check_refused(ask_with(server, "Token"), "Invalid token header. No credentials provided.");
  check_refused(ask_with(server, "Token a b"),
                "Invalid token header. Token string should not contain spaces.");
  check_refused(ask_with(server, "Token " + std::string(40, 'a')), "Invalid token.");
  check_refused(ask_with(server, "Basic"), "Invalid basic header. No credentials provided.");
  check_refused(ask_with(server, "Basic a b"),
                "Invalid basic header. Credentials string should not contain spaces.");
  // A name without a colon has an empty password.
  check_refused(ask_with(server, "Basic YWRh"), "Invalid username/password.");
  for (const auto* broken : {"Basic ???", "Basic a"})
    check_refused(ask_with(server, broken),
                  "Invalid basic header. Credentials not correctly base64 encoded.");
  check_refused(ask_with(server, basic("ada", "not her password")), "Invalid username/password.");
  check_refused(ask_with(server, basic("ada", "")), "Invalid username/password.");
  check_refused(ask_with(server, basic("Ada", ada.password)), "Invalid username/password.");
  check_refused(ask_with(server, basic("nobody", "password of nobody")),
                "Invalid username/password.");
}

TEST_CASE("a password is verified once a minute, however often it comes") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const auto before = server.passwords.verified_count();
  for (int i = 0; i < 20; ++i) CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  CHECK(server.passwords.verified_count() == before + 1);
  server.clock.advance(60s);
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  CHECK(server.passwords.verified_count() == before + 2);
}

TEST_CASE("a password in use is verified again before its minute is over, and nobody waits") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  const auto before = server.passwords.verified_count();
  server.clock.advance(39s);
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  CHECK(server.passwords.verified_count() == before);
  server.clock.advance(1s);
  for (int i = 0; i < 5; ++i) CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  wait_until("it is verified", [&] { return server.passwords.verified_count() > before; });
  CHECK(server.passwords.verified_count() == before + 1);
}

TEST_CASE("requests that come at once with one password cost no verification each") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  const auto before = server.passwords.verified_count();
  std::vector<std::thread> clients;
  std::atomic<int> good_count{0};
  for (int i = 0; i < 30; ++i)
    clients.emplace_back([&] {
      RawClient client(server.port());
      const auto answer = client.ask(get(mine, ada.basic() + "\r\n"));
      good_count += answer.status == 200 ? 1 : 0;
    });
  for (auto& client : clients) client.join();
  CHECK(good_count == 30);
  // No more than there are threads that may look for it at once.
  CHECK(server.passwords.verified_count() <= before + 2);
}

TEST_CASE("a changed password, a changed name and an erased client are known at once") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  SECTION("password") {
    const auto hash = server.passwords.hash("her new password");
    server.command<Client>(ada.id, Client::ChangePassword{hash});
    CHECK(ask_with(server, basic("ada", ada.password)).status == 401);
    CHECK(ask_with(server, "Token " + ada.token).status == 401);
    CHECK(ask_with(server, basic("ada", "her new password")).status == 200);
  }
  SECTION("name") {
    CHECK(server
              .ask_as(ada, "PATCH", "/client/list/" + ada.id + "/",
                      R"({"user":{"username":"countess","email":"ada@example.com"}})")
              .status == 200);
    CHECK(ask_with(server, basic("ada", ada.password)).status == 401);
    CHECK(ask_with(server, basic("countess", ada.password)).status == 200);
  }
  SECTION("erased") {
    server.command<Client>(ada.id, Client::Erase{});
    CHECK(ask_with(server, basic("ada", ada.password)).status == 401);
    CHECK(ask_with(server, "Token " + ada.token).status == 401);
  }
}

TEST_CASE("guessing ends after ten tries, alike for known and unknown names") {
  GpushareServer server;
  (void)server.register_person("ada");
  const std::string name = GENERATE("ada", "ada@example.com", "nobody", "nobody@example.com");
  const auto before = server.passwords.verified_count();
  for (int i = 0; i < 10; ++i)
    check_refused(ask_with(server, basic(name, fmt::format("guess {}", i))),
                  "Invalid username/password.");
  CHECK(server.passwords.verified_count() == before + 10);
  const auto answer = ask_with(server, basic(name, "one more guess"));
  CHECK(answer.header("Retry-After") == "30");
  CHECK(json_of(answer, 429) ==
        boost::json::value{{"detail", "Request was throttled. Expected available in 30 seconds."}});
  CHECK(server.passwords.verified_count() == before + 10);
  server.clock.advance(29s);
  CHECK(json_of(ask_with(server, basic(name, "x")), 429).at("detail") ==
        "Request was throttled. Expected available in 1 second.");
  server.clock.advance(1s);
  CHECK(ask_with(server, basic(name, "x")).status == 401);
}

TEST_CASE("writing a mail address in another way gives no more guesses") {
  GpushareServer server;
  (void)server.register_person("ada");
  for (int i = 0; i < 10; ++i) (void)ask_with(server, basic("ada@example.com", "guess"));
  CHECK(ask_with(server, basic("ADA@example.com", "guess")).status == 429);
}

TEST_CASE("who is signed in stays so while others guess his password") {
  GpushareServer server;
  const auto ada = server.register_person("ada");
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  for (int i = 0; i < 11; ++i) (void)ask_with(server, basic("ada", "guess"));
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  CHECK(ask_with(server, "Token " + ada.token).status == 200);
  server.clock.advance(60s);
  CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
  // Which forgives all guesses.
  for (int i = 0; i < 10; ++i) CHECK(ask_with(server, basic("ada", "guess")).status == 401);
}

TEST_CASE("one address has only so many wrong guesses for all names together") {
  GpushareServer server([](GpushareContext& context) {
    context.peer_guesses = std::make_shared<GuessLimit>(GuessLimit::Allowance{3, 5s});
  });
  const auto ada = server.register_person("ada");
  for (int i = 0; i < 3; ++i)
    CHECK(ask_with(server, basic(fmt::format("name{}", i), "guess")).status == 401);
  const auto answer = ask_with(server, basic("another", "guess"));
  CHECK(answer.status == 429);
  CHECK(answer.header("Retry-After") == "5");
  server.clock.advance(5s);
  // Right ones cost nothing, and forgive none of the wrong ones.
  for (int i = 0; i < 5; ++i) {
    CHECK(ask_with(server, basic("ada", ada.password)).status == 200);
    server.clock.advance(0s);
  }
  CHECK(ask_with(server, basic("another", "guess")).status == 401);
  CHECK(ask_with(server, basic("another", "guess")).status == 429);
}

TEST_CASE("where no password can be verified now, the client may come again") {
  PasswordPool none{
      {.thread_count = 1, .job_count_max = 0, .operation_limit = 1, .memory_bytes = 8192}};
  GpushareServer server([&](GpushareContext& context) { context.passwords = &none; });
  const auto answer = ask_with(server, basic("ada", "password of hers"));
  CHECK(answer.status == 503);
  CHECK(answer.header("Retry-After") == "1");
}
