#pragma once

#include <string>

namespace orrery {

/// The text of a file; empty where it can't be read, be it in the middle: the process that a file
/// of the kernel's is about may be gone any moment.
std::string read_file_text(const std::string& file);

}  // namespace orrery
