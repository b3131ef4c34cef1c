#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/slurm/words.hpp"

namespace orrery::slurm {

/// One of Slurm's commands, spoken to the center's API: its options, its output, its exit codes
/// (docs/center.md). Each is one file, `cli/slurm/NAME.cpp`.
using Command = int(Words words);

Command sacct;
Command sacctmgr;
Command sbatch;
Command scancel;
Command scontrol;
Command sinfo;
Command squeue;
Command srun;

struct NamedCommand {
  std::string_view name;
  Command* run;
  std::string_view help;
};

/// Null where a program of that name is none of them.
const NamedCommand* find_command(std::string_view name);
std::span<const NamedCommand> commands();

}  // namespace orrery::slurm
