#pragma once

#include <string>
#include <vector>

#include "cli/configuration.hpp"

namespace orrery {

/// `doubtful`: it serves, but slowly or not for long. `bad`: it won't serve.
enum class Health : std::uint8_t { good, doubtful, bad };

struct HealthFinding {
  std::string subject;
  Health health = Health::good;
  /// What was found, with figures, and what to do where it isn't good.
  std::string message;
};

/// Looks at what a server with this configuration would need, without starting one: rights on the
/// data directory, room on its disk, how long a sync takes, open files, the port, and where it is
/// to use a Slurm, that (slurm_health_checks.hpp). Writes one small file into the data directory
/// (or, where that doesn't exist yet, the one above) and removes it.
std::vector<HealthFinding> run_health_checks(const Configuration& configuration);

}  // namespace orrery
