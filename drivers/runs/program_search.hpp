#pragma once

#include <filesystem>
#include <string_view>

namespace orrery {

/// Where programs are looked for, unless an operator says otherwise.
inline constexpr std::string_view search_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The program of this name, as a shell would find it: a name with a slash is a path already. Empty
/// where there is none that may be run.
std::filesystem::path find_program(std::string_view name, std::string_view path);

}  // namespace orrery
