#include "cli/marketplace_settings.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "tests/support/scratch_folder.hpp"

namespace orrery {
namespace {

std::string refusal_of(const Configuration& configuration) {
  try {
    check_marketplace_settings(configuration);
  } catch (const StartFailure& failure) {
    CHECK(failure.exit_code == exit_usage);
    return failure.message;
  }
  return "";
}

Configuration with_mail() {
  Configuration configuration;
  configuration.mail_smtp_url = "smtps://mail.example";
  configuration.mail_from = "orrery@example.com";
  return configuration;
}

TEST_CASE("without settings no mail leaves, and nobody signs in with Google") {
  const Configuration configuration;
  CHECK(refusal_of(configuration).empty());
  CHECK(mail_settings(configuration).smtp_url.empty());
  CHECK_FALSE(google_settings(configuration));
}

TEST_CASE("settings of mail that don't go together stop the start") {
  auto configuration = with_mail();
  CHECK(refusal_of(configuration).empty());
  SECTION("another protocol") {
    configuration.mail_smtp_url = "https://mail.example";
    CHECK(refusal_of(configuration).find("mail.smtp-url") != std::string::npos);
  }
  SECTION("no sender") {
    configuration.mail_from = "";
    CHECK(refusal_of(configuration).find("mail.from") != std::string::npos);
  }
  SECTION("a name without a password") {
    configuration.mail_username = "orrery";
    CHECK(refusal_of(configuration).find("go together") != std::string::npos);
  }
  SECTION("a password that isn't there") {
    configuration.mail_username = "orrery";
    configuration.mail_password_file = "/nonexistent/password";
    CHECK(refusal_of(configuration).find("/nonexistent/password") != std::string::npos);
  }
}

TEST_CASE("the password for mail is the first line of its file") {
  const ScratchFolder folder;
  auto configuration = with_mail();
  configuration.mail_username = "orrery";
  configuration.mail_password_file = folder.path() / "password";
  std::ofstream(configuration.mail_password_file) << "secret\nmore\n";
  CHECK(mail_settings(configuration).password == "secret");
}

TEST_CASE("sign-in with Google needs keys and the application's id") {
  Configuration configuration;
  configuration.gpushare_google_jwks = "keys.json";
  CHECK(refusal_of(configuration).find("go together") != std::string::npos);
  configuration.gpushare_google_client_id = "us.apps.example";
  CHECK(google_settings(configuration)->client_id == "us.apps.example");
}

TEST_CASE("a link of a reset mail has both of its places") {
  Configuration configuration;
  const auto& set = find_setting("gpushare.reset-link")->set;
  CHECK(set(configuration, "https://app.example/reset/{uid}/{token}").has_value());
  CHECK(set(configuration, "").has_value());
  CHECK(set(configuration, "https://app.example/reset/{uid}").has_error());
  CHECK(set(configuration, "app.example/{uid}/{token}").has_error());
}

}  // namespace
}  // namespace orrery
