#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "http/aicenter/files/file_problem.hpp"

namespace orrery::aicenter {

/// What file systems take.
inline constexpr std::size_t file_name_bytes_max = 255;
/// Far below PATH_MAX, so that whatever is made here can be reached in one step.
inline constexpr std::size_t file_path_bytes_max = 1024;

/// Whether a file or folder may be called so: UTF-8 without control characters, not "." or "..",
/// without a slash. What a terminal would obey is no name.
bool is_file_name(std::string_view name);

/// The path itself: names with single slashes between them, none at the beginning or the end.
/// `name_is_not_allowed` for all else, the empty path among it.
FileResult<std::string> checked_path(std::string_view path);

/// Of a checked path: what stands before the last slash, and the name behind it.
std::pair<std::string, std::string> split_path(const std::string& path);

}  // namespace orrery::aicenter
