#pragma once

#include <filesystem>

namespace orrery {

/// The root of the source tree that the tests were built from.
std::filesystem::path source_folder();

/// tests/golden of it.
std::filesystem::path golden_folder();

}  // namespace orrery
