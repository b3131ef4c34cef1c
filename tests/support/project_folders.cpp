#include "tests/support/project_folders.hpp"

namespace orrery {

std::filesystem::path source_folder() { return ORRERY_SOURCE_DIR; }

std::filesystem::path golden_folder() { return source_folder() / "tests/golden"; }

}  // namespace orrery
