#pragma once

#include <string>
#include <string_view>

#include "http/json/json_fields.hpp"

namespace orrery::mkinf {

/// Longest name of anything.
inline constexpr std::size_t name_bytes_max = 128;
/// Longest id or word that is worth looking up.
inline constexpr std::size_t word_bytes_max = 128;

/// The name in a required field: not empty, no control characters.
std::string read_name(JsonFields& fields, std::string_view field = "name");

}  // namespace orrery::mkinf
