#pragma once

#include <cstdint>

namespace orrery {

/// Whether the socket that takes connections at this port of this host belongs to a descendant of
/// the process: somebody else may have been quicker to take the port. True where that can't be
/// seen.
bool is_listening(std::int32_t ancestor, std::uint16_t port);

}  // namespace orrery
