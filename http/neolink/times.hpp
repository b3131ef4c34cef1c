#pragma once

#include <string>
#include <string_view>

#include "events/envelope.hpp"

namespace orrery::neolink {

/// How the API writes a time that isn't set: Go's zero.
inline constexpr std::string_view unset_time = "0001-01-01T00:00:00Z";

/// "2024-09-02T18:34:33+08:00": by the clock of Beijing, cut to whole seconds.
std::string beijing_seconds(Time time);

/// The same with milliseconds: "2024-07-15T12:00:23.227+08:00".
std::string beijing_milliseconds(Time time);

/// Seconds since 1970; 0 is a time that isn't set.
std::string beijing_seconds(std::int64_t at_s);

}  // namespace orrery::neolink
