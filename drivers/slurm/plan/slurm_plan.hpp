#pragma once

#include <span>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "drivers/driver.hpp"
#include "drivers/runs/port_pool.hpp"
#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/run_directory.hpp"
#include "drivers/runs/run_records.hpp"
#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// A node that a start is placed on, as Slurm has it.
struct SlurmPlace {
  /// In Slurm.
  std::string name;
  std::string address;
  std::string gpu_type;
};

/// What a start comes to: what the supervisor runs once the attempt is claimed, and what Slurm is
/// asked for. Of the order, `name`, `script` and `output` are the driver's to fill in, and the
/// partition, which is chosen when it is submitted (SlurmInventory::fit).
struct SlurmPlan {
  LaunchPlan launch;
  SlurmOrder order;
};
using SlurmPlanResult = boost::system::result<SlurmPlan, LaunchFailure>;

/// The first place is where it runs. Ports are taken from the pool; where the answer is a failure
/// they are back in it. Writes into the run directory what the plan refers to.
SlurmPlanResult plan_on_slurm(const SlurmConfiguration& configuration, const StartService& start,
                              std::span<const SlurmPlace> places, const RunDirectory& directory,
                              PortPool& ports);
SlurmPlanResult plan_on_slurm(const SlurmConfiguration& configuration, const StartJob& start,
                              std::span<const SlurmPlace> places, const RunDirectory& directory,
                              PortPool& ports);
SlurmPlanResult plan_on_slurm(const SlurmConfiguration& configuration, const StartInstance& start,
                              std::span<const SlurmPlace> places, const RunDirectory& directory,
                              PortPool& ports);

}  // namespace orrery
