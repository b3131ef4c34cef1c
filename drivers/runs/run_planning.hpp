#pragma once

#include <boost/system/result.hpp>

#include "drivers/driver.hpp"
#include "drivers/runs/planning_ground.hpp"
#include "drivers/runs/port_pool.hpp"
#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/run_directory.hpp"

namespace orrery {

/// The plan of a run, with ports of the pool; those go back to it where the answer is a failure.
/// Reads the operator's environment file, and looks whether there is such a program.
boost::system::result<LaunchPlan, LaunchFailure> plan_run(const PlanningGround& ground,
                                                          const StartService& start,
                                                          const RunDirectory& directory,
                                                          PortPool& ports);

}  // namespace orrery
