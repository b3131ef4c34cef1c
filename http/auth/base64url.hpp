#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orrery {

/// Unpadded base64url (RFC 4648, section 5), safe within a path, a query or a header.
std::string to_base64url(std::string_view bytes);

/// Nothing where the text isn't such; padding is no part of it.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace orrery
