#pragma once

#include <string>

#include "drivers/runs/run_configuration.hpp"
#include "drivers/runs/sandbox.hpp"

namespace orrery {

/// What every plan of a driver has in common.
struct PlanningGround {
  RunConfiguration configuration;
  /// Where the run listens, and is reached.
  std::string host;
  SandboxFinding sandbox;
  /// The group above those of the runs; empty where there are none.
  std::string control_groups;
  /// Runs start on other hosts: whether there is such a program shows there.
  bool is_elsewhere = false;
};

}  // namespace orrery
