#pragma once

#include "cli/command.hpp"

namespace orrery {

/// Slurm's commands take their own options in their own way, so CLI11 doesn't see them. What the
/// command line means, where it means one of them: by the name of the program (`orrery center
/// links`) or by its first word. Null where it doesn't.
ChosenCommand slurm_command(int argc, char** argv);

/// For `orrery --help`.
void add_slurm_commands(CLI::App& orrery);

}  // namespace orrery
