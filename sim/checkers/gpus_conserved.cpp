#include "sim/checkers/gpus_conserved.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void GpusConserved::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const std::string id(stream_id(recorded.stream));
  if (const auto* node = std::get_if<NodeRegistered>(&event)) {
    nodes_[id] = node->gpu_count;
  } else if (const auto* gpu = std::get_if<GpuRegistered>(&event)) {
    registered(recorded, *gpu);
  } else if (const auto* claim = std::get_if<GpuClaimed>(&event)) {
    if (gpus_.count(id) == 0) violated(recorded.position, id + " is claimed but not registered");
    gpus_[id] = claim->lease_id;
  } else if (std::holds_alternative<GpuReleased>(event)) {
    gpus_[id].clear();
  } else if (const auto* grant = std::get_if<LeaseGranted>(&event)) {
    for (const auto index : grant->gpu_indices)
      grants_[id].insert(grant->node_id + ":" + std::to_string(index));
  } else if (std::holds_alternative<LeaseReleased>(event) ||
             std::holds_alternative<LeaseExpired>(event)) {
    grants_.erase(id);
  }
}

void GpusConserved::registered(const RecordedEvent& recorded, const GpuRegistered& gpu) {
  const auto node = nodes_.find(gpu.node_id);
  if (node == nodes_.end() || gpu.index >= node->second)
    violated(recorded.position, recorded.stream + " is of no node");
  if (!gpus_.emplace(stream_id(recorded.stream), "").second)
    violated(recorded.position, recorded.stream + " is registered twice");
}

void GpusConserved::at_rest() {
  std::size_t expected = 0;
  for (const auto& [id, count] : nodes_) expected += count;
  if (gpus_.size() != expected)
    violated(0, std::to_string(gpus_.size()) + " GPUs are registered, the nodes have " +
                    std::to_string(expected));
  for (const auto& [gpu, lease_id] : gpus_) {
    if (lease_id.empty()) continue;
    const auto grant = grants_.find(lease_id);
    if (grant == grants_.end() || grant->second.count(gpu) == 0)
      violated(0, gpu + " is claimed by " + lease_id + ", which doesn't hold it");
  }
  for (const auto& [lease_id, held] : grants_)
    for (const auto& gpu : held)
      if (gpus_[gpu] != lease_id) violated(0, lease_id + " holds " + gpu + " without a claim");
}

}  // namespace orrery
