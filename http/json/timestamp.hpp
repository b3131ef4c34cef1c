#pragma once

#include <string>

#include "events/envelope.hpp"

namespace orrery {

/// "2024-06-16T15:52:41Z": RFC 3339 in UTC, cut to whole seconds.
std::string rfc3339_seconds(Time time);

}  // namespace orrery
