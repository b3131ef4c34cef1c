#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// Whose jobs ours are, as Slurm sees it.
struct SlurmUser {
  bool is_root = false;
  /// Absent where this host doesn't know the user.
  std::optional<std::vector<std::string>> groups = {};
  /// Empty: the user's own.
  std::string account = {};
};

/// Asks this host's tables of users and groups, wherever those are.
SlurmUser slurm_user(const SlurmConfiguration& configuration);

}  // namespace orrery
