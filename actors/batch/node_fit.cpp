#include "actors/batch/node_fit.hpp"

namespace orrery::batch {

const BatchGpuCap* gpu_cap_of(const BatchPolicy& policy, std::string_view gpu_model) {
  const auto& caps = policy.gpu_caps;
  const auto found = std::find_if(
      caps.begin(), caps.end(), [&](const BatchGpuCap& cap) { return cap.gpu_model == gpu_model; });
  return found == caps.end() ? nullptr : &*found;
}

bool is_within_cap(const BatchPolicy& policy, std::string_view gpu_model,
                   const JobResources& resources) {
  const auto* cap = gpu_cap_of(policy, gpu_model);
  const auto gpus = resources.gpus_per_node;
  if (cap == nullptr || gpus == 0) return true;
  const bool cpus_are_fine = cap->cpus_per_gpu_max == 0 ||
                             resources.cpus_per_node <= std::uint64_t{cap->cpus_per_gpu_max} * gpus;
  const bool memory_is_fine =
      cap->memory_mib_per_gpu_max == 0 ||
      resources.memory_mib_per_node == as_much_memory_as_allowed ||
      resources.memory_mib_per_node <= std::uint64_t{cap->memory_mib_per_gpu_max} * gpus;
  return cpus_are_fine && memory_is_fine;
}

bool are_wishes_met(std::string_view id, const std::vector<std::string>& features,
                    const JobNodeWishes& wishes) {
  if (contains(wishes.excluded, id)) return false;
  return std::all_of(wishes.features.begin(), wishes.features.end(),
                     [&](const std::string& feature) { return contains(features, feature); });
}

bool could_hold(const BatchPolicy& policy, const NodeSize& node, const JobResources& resources) {
  if (!resources.gpu_model.empty() && resources.gpu_model != node.gpu_model) return false;
  if (resources.gpus_per_node > node.gpu_count) return false;
  if (node.cpu_count != 0 && resources.cpus_per_node > node.cpu_count) return false;
  const auto memory = resources.memory_mib_per_node;
  if (node.memory_mib != 0 && memory != as_much_memory_as_allowed && memory > node.memory_mib)
    return false;
  return is_within_cap(policy, node.gpu_model, resources);
}

}  // namespace orrery::batch
