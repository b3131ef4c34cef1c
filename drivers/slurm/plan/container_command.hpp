#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/run_records.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// A folder of the node that a container sees.
struct ContainerMount {
  std::filesystem::path source;
  /// In the container.
  std::filesystem::path target;
  bool is_read_only = false;
};

/// The container that a plan's command is to run in.
struct ContainerWish {
  std::string image;
  /// No other container has it; one that an earlier run of the same left behind gives way.
  std::string name;
  /// HOME in the container, and where the command begins.
  ContainerMount home;
  std::vector<ContainerMount> mounts;
};

/// Why a container isn't started with what its recipe or request sets; mostly nothing. Apptainer
/// and podman would take some of it for settings of their own, which lead out of the container.
std::optional<LaunchFailure> refuse_in_container(
    const std::vector<EnvironmentVariable>& environment);

/// Puts the plan's command, or the image's own where it has none, into a container of the
/// configured runtime. What the runtime starts are descendants of the supervisor, which is a
/// subreaper, so they end with the run. A failure leaves the plan as it was.
std::optional<LaunchFailure> put_into_container(const SlurmConfiguration& configuration,
                                                const ContainerWish& wish, LaunchPlan& plan);

}  // namespace orrery
