#include "http/mail/mail_sender.hpp"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/http/mail/scripted_mail_server.hpp"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

/// What a sender has warned of.
class Warnings {
 public:
  std::function<void(const std::string&)> listener() {
    return [this](const std::string& sentence) {
      const std::scoped_lock lock(mutex_);
      sentences_.push_back(sentence);
    };
  }
  std::vector<std::string> all() const {
    const std::scoped_lock lock(mutex_);
    return sentences_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> sentences_;
};

MailSettings settings_for(const ScriptedMailServer& server, Warnings& warnings) {
  MailSettings settings;
  settings.smtp_url = server.url();
  settings.from = "gpu@example.com";
  settings.require_tls = false;
  settings.retry_pause = 1ms;
  settings.warn = warnings.listener();
  return settings;
}

const Mail mail{"ada@example.com", "A subject", "First\n.\nLast\n"};

void await_end_of(const MailSender& sender) {
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while (sender.figures().waiting > 0) {
    REQUIRE(std::chrono::steady_clock::now() < give_up);
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("a mail gets to the mail server as it was written") {
  Warnings warnings;
  ScriptedMailServer server;
  MailSender sender(settings_for(server, warnings));
  CHECK(sender.send(mail));
  const auto mails = server.await(1);
  REQUIRE(mails.size() == 1);
  CHECK(mails[0].from == "<gpu@example.com>");
  CHECK(mails[0].to == "<ada@example.com>");
  CHECK(mails[0].message.find("\r\nTo: ada@example.com\r\nSubject: A subject\r\n") !=
        std::string::npos);
  // A line with a dot alone doesn't end the mail.
  CHECK(mails[0].message.ends_with("\r\n\r\nFirst\r\n..\r\nLast"));
  await_end_of(sender);
  CHECK(sender.figures().sent == 1);
  CHECK(warnings.all().empty());
}

TEST_CASE("mails are sent in the order in which they were given") {
  Warnings warnings;
  ScriptedMailServer server;
  MailSender sender(settings_for(server, warnings));
  for (const auto* name : {"a@example.com", "b@example.com", "c@example.com"})
    CHECK(sender.send({name, "", ""}));
  const auto mails = server.await(3);
  REQUIRE(mails.size() == 3);
  CHECK(mails[0].to == "<a@example.com>");
  CHECK(mails[2].to == "<c@example.com>");
}

TEST_CASE("a mail server that is busy is asked again") {
  Warnings warnings;
  ScriptedMailServer server(
      [](unsigned attempt) { return attempt < 3 ? "451 later ada@example.com" : ""; });
  MailSender sender(settings_for(server, warnings));
  CHECK(sender.send(mail));
  CHECK(server.await(1).size() == 1);
  await_end_of(sender);
  CHECK(sender.figures().sent == 1);
  REQUIRE(warnings.all().size() == 2);
  CHECK(warnings.all()[0].find("tried again") != std::string::npos);
  CHECK(warnings.all()[0].find("ada") == std::string::npos);
}

TEST_CASE("a mail that nobody takes is given up") {
  Warnings warnings;
  const bool is_final = GENERATE(false, true);
  ScriptedMailServer server([&](unsigned) { return is_final ? "550 never" : "451 later"; });
  MailSender sender(settings_for(server, warnings));
  CHECK(sender.send(mail));
  await_end_of(sender);
  CHECK(server.attempt_count() == (is_final ? 1 : 4));
  CHECK(sender.figures().failed == 1);
  CHECK(warnings.all().back().find("given up") != std::string::npos);
}

TEST_CASE("a mail server that isn't there holds up nothing") {
  Warnings warnings;
  MailSettings settings;
  settings.smtp_url = "smtp://127.0.0.1:1";
  settings.from = "gpu@example.com";
  settings.retry_pause = 1h;
  settings.warn = warnings.listener();
  {
    MailSender sender(settings);
    CHECK(sender.send(mail));
  }
  CHECK(true);  // It has gone without waiting for the next attempt.
}

TEST_CASE("without encryption no mail goes to a server where it is required") {
  Warnings warnings;
  ScriptedMailServer server;
  auto settings = settings_for(server, warnings);
  settings.require_tls = true;
  MailSender sender(settings);
  CHECK(sender.send(mail));
  await_end_of(sender);
  CHECK(server.attempt_count() == 0);
  CHECK(sender.figures().failed == 1);
}

TEST_CASE("a server whose certificate is trusted gets mail over TLS, another one doesn't") {
  Warnings warnings;
  const SelfSigned certificate;
  ScriptedMailServer server({}, &certificate);
  auto settings = settings_for(server, warnings);
  settings.require_tls = true;
  const bool is_trusted = GENERATE(true, false);
  if (is_trusted) settings.ca_file = certificate.files().certificate_file;
  MailSender sender(settings);
  CHECK(sender.send(mail));
  await_end_of(sender);
  CHECK(sender.figures().sent == (is_trusted ? 1 : 0));
  CHECK(server.attempt_count() == (is_trusted ? 1 : 0));
}

TEST_CASE("what can't be sent is said, without the address") {
  Warnings warnings;
  MailSettings settings;
  settings.warn = warnings.listener();
  MailSender without_server(settings);
  CHECK_FALSE(without_server.send(mail));
  settings.smtp_url = "smtp://127.0.0.1:1";
  MailSender sender(settings);
  CHECK_FALSE(sender.send({"ada@example.com\r\nX: y", "", ""}));
  settings.mail_count_max = 0;
  MailSender full(settings);
  CHECK_FALSE(full.send(mail));
  REQUIRE(warnings.all().size() == 3);
  for (const auto& sentence : warnings.all()) CHECK(sentence.find("ada") == std::string::npos);
  CHECK(without_server.figures().failed == 1);
}
