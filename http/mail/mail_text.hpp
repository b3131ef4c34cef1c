#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"
#include "http/mail/mail_sender.hpp"

namespace orrery {

/// Whether mail can be sent to an address: whether it may stand in the headers and the envelope of
/// a mail: one "@" between printable ASCII without blanks, brackets, quotes, commas or colons.
/// Narrower than RFC 5321, so that nothing in it can be taken for anything else.
bool can_be_mailed(std::string_view text);

/// The mail as it goes over the wire (RFC 5322), lines ended by CR LF. `from` and `mail.to` are
/// mail addresses; the subject is ASCII, and what isn't printable in it is left out.
std::string message_text(std::string_view from, const Mail& mail, std::optional<Time> now);

}  // namespace orrery
