#pragma once

#include <boost/system/result.hpp>

#include "drivers/driver.hpp"
#include "drivers/local_process/local_process_configuration.hpp"
#include "drivers/local_process/port_pool.hpp"
#include "drivers/local_process/process_environment.hpp"
#include "drivers/local_process/run_directory.hpp"
#include "drivers/local_process/sandbox.hpp"

namespace orrery {

/// What every plan on this host has in common.
struct PlanningGround {
  LocalProcessConfiguration configuration;
  SandboxFinding sandbox;
  /// The group above those of the runs; empty where there are none.
  std::string control_groups;
};

/// The plan of a run, with ports of the pool; those go back to it where the answer is a failure.
/// Reads the operator's environment file, and looks whether there is such a program.
boost::system::result<LaunchPlan, LaunchFailure> plan_run(const PlanningGround& ground,
                                                          const StartService& start,
                                                          const RunDirectory& directory,
                                                          PortPool& ports);

}  // namespace orrery
