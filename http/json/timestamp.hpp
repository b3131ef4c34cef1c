#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"

namespace orrery {

/// "2024-06-16T15:52:41Z": RFC 3339 in UTC, cut to whole seconds.
std::string rfc3339_seconds(Time time);

/// A time of RFC 3339 with "Z" or an offset, with or without a fraction of the second.
std::optional<Time> read_rfc3339(std::string_view text);

}  // namespace orrery
