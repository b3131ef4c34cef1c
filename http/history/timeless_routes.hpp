#pragma once

#include <string_view>

namespace orrery {

/// Why a GET route has no past: what it shows is not in the log. Empty for those that have one.
std::string_view why_timeless(std::string_view pattern);

}  // namespace orrery
