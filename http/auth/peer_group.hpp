#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// What limits by address count by: an IPv4 address as it is, of an IPv6 address its first 64 bits,
/// since whoever has one of them has all. Anything else as it is.
std::string peer_group(std::string_view address);

}  // namespace orrery
