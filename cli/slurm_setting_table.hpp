#pragma once

#include <vector>

#include "cli/configuration.hpp"

namespace orrery {

/// The lines of the table of settings that stand in the section [driver.slurm].
std::vector<Setting> slurm_setting_table();

}  // namespace orrery
