#include "cli/marketplace_settings.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <boost/algorithm/string/trim.hpp>

#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/start_failure.hpp"
#include "http/mail/mail_text.hpp"

namespace orrery {

namespace {

[[noreturn]] void refuse(std::string message) {
  throw StartFailure{exit_usage, std::move(message)};
}

/// The file's first line.
std::string read_password(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line))
    refuse(fmt::format("mail.password-file {}: {}", file,
                       in.eof() ? "it is empty" : std::strerror(errno)));
  boost::algorithm::trim_right(line);
  return line;
}

}  // namespace

MailSettings mail_settings(const Configuration& configuration) {
  MailSettings settings;
  settings.warn = [](const std::string& message) { log_warning(message); };
  settings.smtp_url = configuration.mail_smtp_url;
  if (settings.smtp_url.empty()) return settings;
  if (!settings.smtp_url.starts_with("smtp://") && !settings.smtp_url.starts_with("smtps://"))
    refuse("mail.smtp-url must begin with smtp:// or smtps://");
  if (!can_be_mailed(configuration.mail_from))
    refuse("mail.from must be the address that mails come from, and nothing besides");
  if (configuration.mail_username.empty() != configuration.mail_password_file.empty())
    refuse("mail.username and mail.password-file go together");
  settings.from = configuration.mail_from;
  settings.username = configuration.mail_username;
  if (!configuration.mail_password_file.empty())
    settings.password = read_password(configuration.mail_password_file);
  settings.require_tls = configuration.mail_require_tls;
  // For 13 minutes: mail servers are restarted, and greylist. The link in a mail is good for 30.
  settings.retry_pause = std::chrono::seconds(3);
  settings.attempt_count_max = 9;
  return settings;
}

std::optional<GoogleTokensConfiguration> google_settings(const Configuration& configuration) {
  const auto& file = configuration.gpushare_google_jwks;
  const auto& client = configuration.gpushare_google_client_id;
  if (file.empty() != client.empty())
    refuse("gpushare.google-jwks and gpushare.google-client-id go together");
  if (file.empty()) return std::nullopt;
  return GoogleTokensConfiguration{file, client};
}

void check_marketplace_settings(const Configuration& configuration) {
  mail_settings(configuration);
  google_settings(configuration);
}

}  // namespace orrery
