#pragma once

#include "cli/command.hpp"

namespace orrery {

/// `orrery sim up`, `sim status` and `sim faults`: simulated clusters of a running server.
AddCommand add_sim_cluster_commands;

}  // namespace orrery
