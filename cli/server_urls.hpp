#pragma once

#include <cstdint>
#include <string>

#include "cli/configuration.hpp"

namespace orrery {

/// Scheme, host and port by which clients reach the server; `port` is the one it listens on.
std::string base_url_of(const Configuration& configuration, std::uint16_t port);
/// The same from this host, whatever others are told.
std::string local_url_of(const Configuration& configuration, std::uint16_t port);

}  // namespace orrery
