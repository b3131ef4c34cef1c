#include "drivers/slurm/plan/slurm_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "drivers/runs/job_planning.hpp"
#include "drivers/runs/run_planning.hpp"
#include "drivers/slurm/plan/container_command.hpp"
#include "drivers/slurm/plan/slurm_order_making.hpp"

namespace orrery {
namespace {

/// The recipe's folder is seen where it is on the nodes, for commands name it.
ContainerWish container_of(const SlurmConfiguration& configuration, const StartService& start,
                           const RunDirectory& directory) {
  ContainerWish wish;
  wish.image = start.specification.launch.image;
  wish.name = fmt::format("orrery-{}.{}", start.service_id, start.fence);
  wish.home = {directory.work(), directory.work()};
  if (!configuration.recipes.empty())
    wish.mounts = {{configuration.recipes, configuration.recipes, true}};
  return wish;
}

bool is_for_container(const SlurmConfiguration& configuration, const ServiceLaunch& launch) {
  return configuration.runtime != SlurmRuntime::command && !launch.image.empty();
}

/// An image need not have a command beside it: then it is planned as if it had one.
StartService with_a_command(StartService start) {
  auto& command = start.specification.launch.command;
  command.emplace(command.begin(), "in-container");
  return start;
}

boost::system::result<LaunchPlan, LaunchFailure> plan_in_container(
    const SlurmConfiguration& configuration, const PlanningGround& ground,
    const StartService& start, const RunDirectory& directory, PortPool& ports) {
  if (const auto failure = refuse_in_container(start.specification.launch.environment))
    return *failure;
  auto launch = plan_run(ground, with_a_command(start), directory, ports);
  if (!launch) return launch.error();
  launch->command.erase(launch->command.begin());
  if (const auto failure = put_into_container(
          configuration, container_of(configuration, start, directory), *launch)) {
    ports.give_back(launch->ports);
    return *failure;
  }
  return launch;
}

}  // namespace

SlurmPlanResult plan_on_slurm(const SlurmConfiguration& configuration, const StartService& start,
                              std::span<const SlurmPlace> places, const RunDirectory& directory,
                              PortPool& ports) {
  if (const auto failure = refuse_places(places)) return *failure;
  const auto ground = ground_on(configuration, places.front());
  auto launch = is_for_container(configuration, start.specification.launch)
                    ? plan_in_container(configuration, ground, start, directory, ports)
                    : plan_run(ground, start, directory, ports);
  if (!launch) return launch.error();
  launch->cpu_count = std::max(launch->cpu_count, 1u);
  inherit_gpus(*launch);
  auto order = order_for(configuration, places.first(1), *launch,
                         start.specification.resources.time_limit_min, directory);
  return SlurmPlan{std::move(*launch), std::move(order)};
}

SlurmPlanResult plan_on_slurm(const SlurmConfiguration& configuration, const StartJob& start,
                              std::span<const SlurmPlace> places, const RunDirectory& directory,
                              PortPool&) {
  if (const auto failure = refuse_places(places)) return *failure;
  auto launch = plan_job(ground_on(configuration, places.front()), start, directory);
  if (!launch) return launch.error();
  launch->cpu_count = std::max(launch->cpu_count, 1u);
  inherit_gpus(*launch);
  auto order = order_for(configuration, places, *launch, start.time_limit_min, directory);
  for (const auto& place : start.places)
    order.gpus_per_node =
        std::max(order.gpus_per_node, static_cast<std::uint32_t>(place.gpu_indices.size()));
  return SlurmPlan{std::move(*launch), std::move(order)};
}

}  // namespace orrery
