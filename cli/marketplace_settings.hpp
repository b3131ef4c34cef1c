#pragma once

#include <optional>

#include "cli/configuration.hpp"
#include "http/auth/google_tokens.hpp"
#include "http/mail/mail_sender.hpp"

namespace orrery {

/// How mail leaves; with an empty URL where none does. Its problems go to the program's log. Throws
/// `StartFailure` where the settings don't go together, or the password can't be read.
MailSettings mail_settings(const Configuration& configuration);

/// Whose ID tokens are good; nothing where nobody signs in with Google. Throws `StartFailure` where
/// half of it is set.
std::optional<GoogleTokensConfiguration> google_settings(const Configuration& configuration);

/// Both, before anything starts.
void check_marketplace_settings(const Configuration& configuration);

}  // namespace orrery
