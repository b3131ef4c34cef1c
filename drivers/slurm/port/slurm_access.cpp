#include "drivers/slurm/port/slurm_access.hpp"

#include "drivers/slurm/port/slurm_commands.hpp"
#include "drivers/slurm/port/slurm_rest.hpp"

namespace orrery {

std::unique_ptr<SlurmPort> make_slurm_port(const SlurmAccess& access) {
  if (access.uses_rest) return std::make_unique<SlurmRest>(access);
  return std::make_unique<SlurmCommands>(access);
}

}  // namespace orrery
