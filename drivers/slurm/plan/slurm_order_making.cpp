#include "drivers/slurm/plan/slurm_order_making.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace orrery {
namespace {

constexpr std::array<std::string_view, 3> gpu_variables{"CUDA_VISIBLE_DEVICES",
                                                        "GPU_DEVICE_ORDINAL", "SLURM_JOB_GPUS"};

std::string gpu_type_of(std::span<const SlurmPlace> places) {
  const auto& type = places.front().gpu_type;
  const bool is_one =
      std::ranges::all_of(places, [&](const SlurmPlace& place) { return place.gpu_type == type; });
  return is_one ? type : "";
}

/// Slurm counts in minutes, and from the moment on at which it starts the job.
std::uint32_t past_grace(std::uint32_t time_limit_min, std::uint32_t grace_period_s) {
  if (time_limit_min == 0) return 0;
  constexpr std::uint32_t minute_s = 60;
  const std::uint64_t limit = std::uint64_t{time_limit_min} + grace_period_s / minute_s + 2;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(limit, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

std::optional<LaunchFailure> refuse_places(std::span<const SlurmPlace> places) {
  const auto is_known = [](const SlurmPlace& place) { return !place.name.empty(); };
  if (!places.empty() && std::ranges::all_of(places, is_known)) return std::nullopt;
  return LaunchFailure{"no_such_node", "Slurm has no such node any more."};
}

PlanningGround ground_on(const SlurmConfiguration& configuration, const SlurmPlace& place) {
  PlanningGround ground;
  ground.configuration = configuration;
  ground.host = place.address;
  ground.is_elsewhere = true;
  return ground;
}

void inherit_gpus(LaunchPlan& launch) {
  if (launch.gpu_indices.empty()) return;
  launch.inherited.insert(launch.inherited.end(), gpu_variables.begin(), gpu_variables.end());
}

SlurmOrder order_for(const SlurmConfiguration& configuration, std::span<const SlurmPlace> places,
                     const LaunchPlan& launch, std::uint32_t time_limit_min,
                     const RunDirectory& directory) {
  SlurmOrder order;
  for (const auto& place : places) order.nodes.push_back(place.name);
  order.cpus_per_node = launch.cpu_count;
  order.memory_mib_per_node = launch.memory_mib;
  order.gpus_per_node = static_cast<std::uint32_t>(launch.gpu_indices.size());
  if (order.gpus_per_node != 0) order.gpu_type = gpu_type_of(places);
  order.time_limit_min = past_grace(time_limit_min, launch.grace_period_s);
  order.work_directory = directory.path().string();
  order.account = configuration.account;
  return order;
}

}  // namespace orrery
