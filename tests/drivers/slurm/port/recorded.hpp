#pragma once

#include <string>

#include "drivers/runs/file_text.hpp"
#include "tests/support/project_folders.hpp"

namespace orrery {

/// What a Slurm 22.05 said, with some lines left out.
inline std::string recorded(const std::string& name) {
  return read_file_text(source_folder() / "tests/drivers/slurm/port/recorded" / name);
}

}  // namespace orrery
