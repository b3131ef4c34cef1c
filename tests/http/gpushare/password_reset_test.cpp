#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/gpushare/name_hold.hpp"
#include "http/mail/mail_sender.hpp"
#include "tests/http/gpushare/gpushare_server.hpp"
#include "tests/http/mail/scripted_mail_server.hpp"

using namespace orrery;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

MailSettings settings_for(const ScriptedMailServer& mails) {
  MailSettings settings;
  settings.smtp_url = mails.url();
  settings.from = "gpu@example.com";
  settings.require_tls = false;
  return settings;
}

struct MailingServer {
  ScriptedMailServer mails;
  MailSender sender{settings_for(mails)};
  GpushareServer server{[this](GpushareContext& context) { context.mail = &sender; }};

  WireAnswer ask_for_link(const std::string& email) {
    return server.ask("POST", "/client/password-reset/",
                      {json::serialize(json::object{{"email", email}}), {}});
  }

  /// The path of the link in the n-th mail (from 1).
  std::string link(std::size_t number = 1) {
    const auto received = mails.await(number);
    REQUIRE(received.size() == number);
    const auto& text = received.back().message;
    constexpr std::string_view host = "https://gpu.example";
    const auto begin = text.find(host);
    REQUIRE(begin != std::string::npos);
    return text.substr(begin + host.size(), text.find('\r', begin) - begin - host.size());
  }

  WireAnswer set(const std::string& path, const std::string& password) {
    return server.ask(
        "POST", path,
        {json::serialize(json::object{{"new_password", password}, {"confirm_password", password}}),
         {}});
  }

  bool can_log_in(const std::string& login, const std::string& password) {
    const auto body = json::serialize(json::object{{"email", login}, {"password", password}});
    return server.ask("POST", "/client/login/", {body, {}}).status == 201;
  }
};

constexpr std::string_view bad_link = "The link is invalid, has been used or has expired.";

}  // namespace

TEST_CASE("a link in a mail sets a new password, once") {
  MailingServer mailing;
  const auto ada = mailing.server.register_person("ada");
  CHECK(mailing.ask_for_link("ADA@example.com").status == 201);
  const auto link = mailing.link();
  CHECK(mailing.mails.await(1)[0].to == "<ada@example.com>");
  CHECK(mailing.set(link, "her new password").status == 201);
  CHECK(mailing.can_log_in("ada", "her new password"));
  CHECK_FALSE(mailing.can_log_in("ada", ada.password));
  CHECK(mailing.server.ask_as(ada, "GET", "/client/list/").status == 401);
  CHECK(mailing.server.clients.find(ada.id)->email_is_verified);
  CHECK(json_of(mailing.set(link, "another password"), 400) == json::value{{"error", bad_link}});
  CHECK(mailing.can_log_in("ada", "her new password"));
}

TEST_CASE("a link is good for thirty minutes") {
  MailingServer mailing;
  (void)mailing.server.register_person("ada");
  (void)mailing.ask_for_link("ada@example.com");
  const auto link = mailing.link();
  mailing.server.clock.advance(30min - 1s);
  SECTION("not over") { CHECK(mailing.set(link, "her new password").status == 201); }
  SECTION("over") {
    mailing.server.clock.advance(1s);
    CHECK(mailing.set(link, "her new password").status == 400);
  }
}

TEST_CASE("whatever changes password or address makes links worthless") {
  MailingServer mailing;
  const auto ada = mailing.server.register_person("ada");
  (void)mailing.ask_for_link("ada@example.com");
  const auto link = mailing.link();
  SECTION("password") {
    mailing.server.command<Client>(ada.id, Client::ChangePassword{"another hash"});
  }
  SECTION("address") {
    CHECK(mailing.server
              .ask_as(ada, "PATCH", "/client/list/" + ada.id + "/",
                      R"({"user":{"username":"ada","email":"lovelace@example.com"}})")
              .status == 200);
  }
  SECTION("erased") { mailing.server.command<Client>(ada.id, Client::Erase{}); }
  SECTION("a newer link that was used") {
    (void)mailing.ask_for_link("ada@example.com");
    CHECK(mailing.set(mailing.link(2), "her new password").status == 201);
  }
  CHECK(mailing.set(link, "eve's password").status == 400);
}

TEST_CASE("a link that was changed is no link") {
  MailingServer mailing;
  const auto ada = mailing.server.register_person("ada");
  const auto eve = mailing.server.register_person("eve");
  (void)mailing.ask_for_link("eve@example.com");
  const auto link = mailing.link();
  REQUIRE(link.starts_with("/client/reset-password/Mg/"));
  const auto token = link.substr(std::string_view("/client/reset-password/Mg/").size());
  // Of another client, another time, cut off.
  const auto of_ada = "/client/reset-password/MQ/" + token;
  auto later = link;
  later[later.find('-', 25) - 1] ^= 1;
  for (const auto& changed : {of_ada, later, link.substr(0, link.size() - 2) + "/"})
    CHECK(mailing.set(changed, "eve's password").status == 400);
  for (const auto* nonsense : {"a/b", "Mg/0-", "Mg/-", "Mg/ffffffffffffffffff-00", "!/x"})
    CHECK(
        mailing.set(fmt::format("/client/reset-password/{}/", nonsense), "eve's password").status ==
        400);
  CHECK(mailing.can_log_in("ada", ada.password));
  CHECK(mailing.can_log_in("eve", eve.password));
}

TEST_CASE("nobody learns from a reset who is registered") {
  MailingServer mailing;
  (void)mailing.server.register_person("ada");
  const auto hashed = mailing.server.passwords.hashed_count();
  const auto known = mailing.ask_for_link("ada@example.com");
  const auto unknown = mailing.ask_for_link("nobody@example.com");
  CHECK(known.status == 201);
  CHECK(known.head.size() == unknown.head.size());
  CHECK(known.body == unknown.body);
  CHECK(mailing.server.passwords.hashed_count() == hashed);
  for (const auto* email : {"ada@example.com", "nobody@example.com"}) {
    for (int i = 0; i < 9; ++i) CHECK(mailing.ask_for_link(email).status == 201);
    const auto answer = mailing.ask_for_link(email);
    CHECK(answer.status == 429);
    CHECK(answer.header("Retry-After") == "30");
  }
}

TEST_CASE("one address asks for only so many mails") {
  ScriptedMailServer mails;
  MailSender sender(settings_for(mails));
  GpushareServer server([&](GpushareContext& context) {
    context.mail = &sender;
    context.peer_resets = std::make_shared<GuessLimit>(GuessLimit::Allowance{2, 9s});
  });
  const auto ask = [&](int number) {
    return server.ask("POST", "/client/password-reset/",
                      {fmt::format(R"({{"email":"p{}@example.com"}})", number), {}});
  };
  CHECK(ask(1).status == 201);
  CHECK(ask(2).status == 201);
  CHECK(ask(3).status == 429);
  server.clock.advance(9s);
  CHECK(ask(3).status == 201);
}

TEST_CASE("who was locked out gets in by a new password") {
  MailingServer mailing;
  (void)mailing.server.register_person("ada");
  for (int i = 0; i < 11; ++i) (void)mailing.can_log_in("ada", "guess");
  for (int i = 0; i < 11; ++i) (void)mailing.can_log_in("ada@example.com", "guess");
  (void)mailing.ask_for_link("ada@example.com");
  CHECK(mailing.set(mailing.link(), "her new password").status == 201);
  CHECK(mailing.can_log_in("ada", "her new password"));
  CHECK(mailing.can_log_in("ada@example.com", "her new password"));
}

TEST_CASE("a new password by link must be worth something as well") {
  MailingServer mailing;
  (void)mailing.server.register_person("ada");
  (void)mailing.ask_for_link("ada@example.com");
  const auto link = mailing.link();
  CHECK(mailing.set(link, "short").status == 400);
  CHECK(json_of(mailing.server.ask("POST", link, {"{}", {}}), 400) ==
        json::value{{"new_password", {"This field is required."}}});
  CHECK(json_of(mailing.server.ask("POST", link,
                                   {R"({"password":"her new password",
                                        "confirm_password":"another password"})",
                                    {}}),
                400) ==
        json::value{{"confirm_password", {"The two password fields didn't match."}}});
  CHECK(mailing.server.ask("POST", link, {R"({"password":"her new password"})", {}}).status == 201);
}

TEST_CASE("a browser that follows the link gets a form, which it sends back") {
  MailingServer mailing;
  (void)mailing.server.register_person("ada");
  (void)mailing.ask_for_link("ada@example.com");
  const auto link = mailing.link();
  const auto page = mailing.server.ask("GET", link, {});
  CHECK(page.status == 200);
  CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.header("Content-Security-Policy").starts_with("default-src 'none'"));
  CHECK(page.header("Referrer-Policy") == "no-referrer");
  CHECK(page.header("Cache-Control") == "no-store");
  CHECK(page.body.find("<form method=\"post\">") != std::string::npos);
  CHECK(page.body.find("<script") == std::string::npos);
  const auto wrong = mailing.server.ask(
      "POST", link,
      {"new_password=short&confirm_password=another",
       {"Content-Type: application/x-www-form-urlencoded", "Accept: text/html"}});
  CHECK(wrong.status == 400);
  CHECK(wrong.body.find("<p>This password is too short.") != std::string::npos);
  CHECK(wrong.body.find("<p>The two password fields didn't match.</p>") != std::string::npos);
  CHECK(wrong.body.find("<form method=\"post\">") != std::string::npos);
  const auto sent = mailing.server.ask(
      "POST", link,
      {"new_password=her+new+password&confirm_password=her+new+password",
       {"Content-Type: application/x-www-form-urlencoded", "Accept: text/html,*/*"}});
  CHECK(sent.status == 200);
  CHECK(sent.body.find("Password has been reset.") != std::string::npos);
  CHECK(mailing.can_log_in("ada", "her new password"));
  const auto again = mailing.server.ask("GET", link, {});
  CHECK(again.status == 400);
  CHECK(again.body.find("<form") == std::string::npos);
}

TEST_CASE("without a mail server a reset is answered all the same") {
  GpushareServer server;
  (void)server.register_person("ada");
  CHECK(server.ask("POST", "/client/password-reset/", {R"({"email":"ada@example.com"})", {}})
            .status == 201);
  CHECK(json_of(server.ask("POST", "/client/password-reset/", {"{}", {}}), 400) ==
        json::value{{"email", {"This field is required."}}});
}

TEST_CASE("a link proves the address that it was sent to, and no other") {
  MailingServer mailing;
  const auto ada = mailing.server.register_person("ada");
  (void)mailing.ask_for_link("ada@example.com");
  const auto link = mailing.link();
  // As while a rename is under way: it might be granted before the proof is written down.
  const auto held = gpushare::hold_names(mailing.server.context(), ada.id);
  CHECK(mailing.set(link, "her new password").status == 409);
  CHECK_FALSE(mailing.server.clients.find(ada.id)->email_is_verified);
  CHECK(mailing.can_log_in("ada", ada.password));
  held->release();
  CHECK(mailing.set(link, "her new password").status == 201);
  CHECK(mailing.server.clients.find(ada.id)->email_is_verified);
  // And nothing is held any more.
  CHECK(gpushare::hold_names(mailing.server.context(), ada.id));
}

TEST_CASE("a name is no new password, whoever reads the mail") {
  MailingServer mailing;
  (void)mailing.server.register_person("ada");
  (void)mailing.ask_for_link("ada@example.com");
  CHECK(json_of(mailing.set(mailing.link(), "ADA@example.com"), 400) ==
        json::value{{"new_password", {"The password is too similar to the email address."}}});
}
