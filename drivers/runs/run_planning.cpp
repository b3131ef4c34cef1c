#include "drivers/runs/run_planning.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "drivers/runs/program_search.hpp"

namespace orrery {
namespace {

using Plan = boost::system::result<LaunchPlan, LaunchFailure>;

constexpr std::uint32_t probe_interval_ms_default = 500;

/// Where a recipe says only how to see that it is ready, it listens all the same.
std::size_t port_count(const ServiceLaunch& launch) {
  return std::max<std::size_t>(launch.ports.size(), launch.probe_path.empty() ? 0 : 1);
}

GivenPlace place_of(const PlanningGround& ground, const StartService& start,
                    const RunDirectory& directory, const std::vector<std::uint16_t>& ports) {
  return {start.service_id,
          ground.host,
          ports,
          ground.configuration.recipes.string(),
          directory.work().string(),
          start.gpu_indices,
          directory.path().string()};
}

void copy_wishes(const StartService& start, LaunchPlan& plan) {
  const auto& launch = start.specification.launch;
  plan.service_id = start.service_id;
  plan.fence = start.fence;
  plan.gpu_indices = start.gpu_indices;
  plan.cpu_count = start.specification.resources.cpu_count;
  plan.memory_mib = start.specification.resources.memory_mib;
  plan.probe_path = launch.probe_path;
  plan.probe_interval_ms =
      launch.probe_interval_ms == 0 ? probe_interval_ms_default : launch.probe_interval_ms;
  plan.start_timeout_s = launch.start_timeout_s;
  plan.grace_period_s = launch.grace_period_s;
  plan.log_patterns = launch.log_patterns;
  plan.causation = start.origin.causation;
  plan.correlation = start.origin.correlation;
}

Plan plan_with_ports(const PlanningGround& ground, const StartService& start,
                     const RunDirectory& directory, const std::vector<std::uint16_t>& ports) {
  const auto& configuration = ground.configuration;
  const auto of_operator = read_environment_file(configuration.environment_file);
  if (!of_operator) return of_operator.error();
  const auto place = place_of(ground, start, directory, ports);
  auto ready = prepare_command(start.specification.launch, *of_operator, place);
  if (!ready) return ready.error();
  const auto& program = ready->command.front();
  if (!ground.is_elsewhere && find_program(program, ready->environment.at("PATH")).empty())
    return LaunchFailure{"program_not_found", fmt::format("There is no program {} here.", program)};

  LaunchPlan plan;
  copy_wishes(start, plan);
  const SandboxView view{directory.work(), configuration.recipes, configuration.hidden,
                         start.gpu_indices, start.specification.resources.memory_mib};
  plan.command = sandboxed(ground.sandbox.sandbox, view, ready->command);
  plan.is_sandboxed = !ground.sandbox.sandbox.program.empty();
  for (const auto& [name, value] : ready->environment) plan.environment.push_back({name, value});
  plan.work_directory = directory.work();
  plan.host = ground.host;
  plan.ports = ports;
  if (!ground.control_groups.empty())
    plan.control_group = ground.control_groups + "/" + directory.path().filename().string();
  plan.log_bytes_max = configuration.log_bytes_max;
  return plan;
}

}  // namespace

Plan plan_run(const PlanningGround& ground, const StartService& start,
              const RunDirectory& directory, PortPool& ports) {
  const auto& launch = start.specification.launch;
  if (launch.command.empty())
    return LaunchFailure{"recipe_has_no_command",
                         fmt::format("The recipe {} names an image and no command, and this driver "
                                     "runs commands.",
                                     start.specification.recipe)};
  if (ground.configuration.sandbox == SandboxMode::on && !ground.sandbox.problem.empty())
    return LaunchFailure{"no_sandbox",
                         fmt::format("No sandbox is to be had: {}.", ground.sandbox.problem)};
  const auto wanted = port_count(launch);
  const auto given = ports.take(wanted);
  if (given.size() < wanted) {
    ports.give_back(given);
    return LaunchFailure{"no_free_port", "Every port of the driver's pool is taken."};
  }
  auto plan = plan_with_ports(ground, start, directory, given);
  if (!plan) ports.give_back(given);
  return plan;
}

}  // namespace orrery
