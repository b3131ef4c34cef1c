#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/configuration.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// Where the driver of a Slurm keeps what it runs, and what that writes.
std::filesystem::path slurm_runs_folder(const Configuration& configuration);

/// What the settings come to, all paths absolute: the nodes know no working directory of ours.
/// Without what opens scripts (`subject_keys`).
SlurmConfiguration slurm_configuration(const Configuration& configuration);

/// Throws `StartFailure` where the settings don't go together, or what they name can't be used.
/// Slurm itself is asked nothing: it may be away when a server starts.
void check_slurm_settings(const Configuration& configuration);

/// The words of a command, "quoted" where they hold spaces.
std::vector<std::string> words_of_command(const std::string& command);

}  // namespace orrery
