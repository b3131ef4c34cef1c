#pragma once

#include <string_view>

namespace orrery::neolink {

/// Whether a registry takes this as the last part of a repository's name: lower-case letters and
/// digits in parts that ".", "_", "__" or dashes join; up to 128 bytes.
bool is_image_name(std::string_view name);

/// Whether a registry takes this as a tag: letters, digits, "_", "." and "-", not "." or "-" first;
/// up to 128 bytes.
bool is_image_tag(std::string_view tag);

}  // namespace orrery::neolink
