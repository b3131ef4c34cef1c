#pragma once

#include <optional>
#include <span>

#include "drivers/runs/planning_ground.hpp"
#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/run_records.hpp"
#include "drivers/slurm/plan/slurm_plan.hpp"

namespace orrery {

/// Why nothing can be planned on these places; mostly nothing.
std::optional<LaunchFailure> refuse_places(std::span<const SlurmPlace> places);

/// What plans on a node have in common with those of a driver that runs them here: no sandbox and
/// no cgroups, for both are Slurm's there.
PlanningGround ground_on(const SlurmConfiguration& configuration, const SlurmPlace& place);

/// Which GPUs the run has is Slurm's to say: it gets Slurm's word for them. One without any keeps
/// the plan's, for Slurm says nothing then, and nothing would mean all.
void inherit_gpus(LaunchPlan& launch);

/// Asks Slurm for what the plan takes of each of its nodes. The time limit is longer than ours, for
/// it is there for when we aren't.
SlurmOrder order_for(const SlurmConfiguration& configuration, std::span<const SlurmPlace> places,
                     const LaunchPlan& launch, std::uint32_t time_limit_min,
                     const RunDirectory& directory);

}  // namespace orrery
