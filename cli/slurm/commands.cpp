#include "cli/slurm/commands.hpp"

#include <algorithm>
#include <array>

namespace orrery::slurm {

namespace {

constexpr std::array all = std::to_array<NamedCommand>({
    {"sbatch", sbatch, "have a batch script run by the center"},
    {"squeue", squeue, "jobs that wait and run"},
    {"scancel", scancel, "end jobs, or send them signals"},
    {"sinfo", sinfo, "partitions and nodes of the center"},
    {"srun", srun, "have GPUs, and run a command with them"},
    {"sacct", sacct, "jobs that have ended, too"},
    {"scontrol", scontrol, "show and change jobs, nodes, partitions"},
    {"sacctmgr", sacctmgr, "people, accounts and what they may do"},
});

}  // namespace

std::span<const NamedCommand> commands() { return all; }

const NamedCommand* find_command(std::string_view name) {
  const auto found = std::ranges::find(all, name, &NamedCommand::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace orrery::slurm
