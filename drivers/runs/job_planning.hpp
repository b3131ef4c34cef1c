#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "drivers/driver.hpp"
#include "drivers/runs/planning_ground.hpp"
#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/run_directory.hpp"
#include "drivers/runs/run_records.hpp"

namespace orrery {

/// The name by which the runs of a job go (run_directory.hpp); those of a service by its id.
std::string run_id_of_job(std::string_view job_id);
/// Which job the runs of this name are of; none where they are a service's.
std::optional<std::string_view> job_of_run(std::string_view run_id);

/// The plan of a job's run: its script, opened by the person's key and put into the run's
/// directory, with its arguments, in the person's folder. Of an interactive job, which has no
/// script, a program that waits until it is ended.
boost::system::result<LaunchPlan, LaunchFailure> plan_job(const PlanningGround& ground,
                                                          const StartJob& start,
                                                          const RunDirectory& directory);

/// What slurmstepd writes to the error file of a job that is ended, without its line end; `when` as
/// "2026-11-22T05:29:21".
std::string cancellation_notice(std::string_view job_id, std::string_view node_id,
                                JobStopReason reason, std::string_view when);

}  // namespace orrery
