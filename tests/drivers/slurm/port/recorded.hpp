#pragma once

#include <string>

#include "drivers/runs/file_text.hpp"

namespace orrery {

/// What a Slurm 22.05 said, with some lines left out.
inline std::string recorded(const std::string& name) {
  return read_file_text(std::string(ORRERY_SOURCE_DIR) + "/tests/drivers/slurm/port/recorded/" +
                        name);
}

}  // namespace orrery
