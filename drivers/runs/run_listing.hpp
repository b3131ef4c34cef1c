#pragma once

#include <filesystem>
#include <vector>

namespace orrery {

/// The run directories below this one, those that changed last at the end.
std::vector<std::filesystem::path> list_runs(const std::filesystem::path& parent);

}  // namespace orrery
