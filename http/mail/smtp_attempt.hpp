#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "http/mail/mail_sender.hpp"

namespace orrery {

/// Why a mail didn't get through, as a sentence without addresses.
struct MailFailure {
  std::string sentence;
  /// The mail server will never take it: trying again is no use.
  bool is_final = false;
};

/// Gives one mail to the mail server (libcurl), on this thread; nothing where it has been taken. A
/// request to stop breaks it off within a second.
std::optional<MailFailure> send_by_smtp(const MailSettings& settings, const Mail& mail,
                                        const std::stop_token& stopping);

}  // namespace orrery
