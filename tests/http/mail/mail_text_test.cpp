#include "http/mail/mail_text.hpp"

#include <chrono>

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("a mail has headers, a blank line and lines that end as mail servers want them") {
  const Time now{std::chrono::seconds(1'772'366'400)};
  CHECK(message_text("gpu@example.com", {"ada@example.com", "A subject", "One\nTwo\r\nThree\n"},
                     now) ==
        "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n"
        "From: gpu@example.com\r\n"
        "To: ada@example.com\r\n"
        "Subject: A subject\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "\r\n"
        "One\r\nTwo\r\nThree\r\n");
}

TEST_CASE("nothing in a subject begins another header") {
  const auto text =
      message_text("a@b", {"c@d", "Hello\r\nBcc: eve@example.com", "text"}, std::nullopt);
  CHECK(text.find("\r\nBcc:") == std::string::npos);
  CHECK(text.starts_with("From: a@b\r\n"));
}

TEST_CASE("only what can't be taken for anything else is a mail address") {
  for (const std::string_view good :
       {"ada@example.com", "a.b+c-d_e@sub.example.com", "o'hara@example.com", "a@localhost"})
    CHECK(can_be_mailed(good));
  for (const std::string_view bad :
       {"", "ada", "@example.com", "ada@", "a@b@c", "ada@example.com\r\nRCPT TO:<eve@example.com>",
        "ada@example.com,eve@example.com", "<ada@example.com>", "a da@example.com",
        "\"a\"@example.com", "ad\xc3\xa4@example.com"})
    CHECK_FALSE(can_be_mailed(bad));
  CHECK_FALSE(can_be_mailed(std::string(250, 'a') + "@b.cd"));
}
