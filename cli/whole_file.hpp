#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace orrery {

/// Writes a file that appears whole or not at all; "-" is the standard output. Says what failed.
std::optional<std::string> write_whole_file(const std::string& file,
                                            const std::function<void(std::ostream&)>& write);

}  // namespace orrery
