#include "drivers/slurm/port/slurm_access.hpp"

#include "drivers/slurm/port/slurm_commands.hpp"

namespace orrery {

std::unique_ptr<SlurmPort> make_slurm_port(const SlurmAccess& access) {
  return std::make_unique<SlurmCommands>(access);
}

}  // namespace orrery
