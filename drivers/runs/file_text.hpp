#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// The text of a file; empty where it can't be read, be it in the middle: the process that a file
/// of the kernel's is about may be gone any moment.
std::string read_file_text(const std::string& file);

/// Writes all of it; false where that can't be done, see `errno`.
bool write_all(int descriptor, std::string_view text);

}  // namespace orrery
