#pragma once

#include <string_view>

namespace orrery::gpushare {

/// Whether Django takes it for a mail address: a dot-atom or quoted string, "@", and a domain with
/// a dot, "localhost", or an address in brackets. It has 320 characters at most.
bool is_mail_address(std::string_view text);

}  // namespace orrery::gpushare
