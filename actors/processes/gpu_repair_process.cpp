#include "actors/processes/gpu_repair_process.hpp"

#include <bit>
#include <charconv>
#include <utility>

#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

/// "<node id>:<index>", taken apart.
struct Place {
  std::string_view node_id;
  std::uint32_t bit = 0;
};

Place place_of(std::string_view gpu) {
  const auto colon = gpu.rfind(':');
  std::uint32_t index = 0;
  std::from_chars(gpu.data() + colon + 1, gpu.data() + gpu.size(), index);
  return {gpu.substr(0, colon), 1u << (index % 32)};
}

}  // namespace

void GpuRepairProcess::apply(const RecordedEvent& recorded) {
  const auto aggregate = stream_aggregate(recorded.stream);
  const auto id = stream_id(recorded.stream);
  if (aggregate == Gpu::stream_prefix) return on_gpu(id, recorded);
  if (aggregate == Node::stream_prefix) return on_node(id, recorded);
}

void GpuRepairProcess::on_node(std::string_view id, const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* registered = std::get_if<NodeRegistered>(&event)) {
    if (registered->driver != NodeDriver::simulated) nodes_of_others_.emplace(id);
    return;
  }
  if (const auto* cordoned = std::get_if<NodeCordoned>(&event)) {
    if (cordoned->owner != cordon_owner) return;
    // All its GPUs may be back, and the machine forgotten, when our cordon comes.
    auto& machine = machines_[std::string(id)];
    machine.is_cordoned = true;
    if (machine.causation == 0) {
      machine.causation = recorded.position;
      machine.correlation = recorded.origin.correlation;
    }
    return note(id, 0);
  }
  const auto* lifted = std::get_if<NodeCordonLifted>(&event);
  const bool is_ours = std::holds_alternative<NodeUncordoned>(event) ||
                       (lifted != nullptr && lifted->owner == cordon_owner);
  const auto found = machines_.find(id);
  if (!is_ours || found == machines_.end()) return;
  auto& machine = found->second;
  machine.is_overruled |= machine.is_cordoned && recorded.origin.actor != name;
  machine.is_cordoned = false;
  note(id, 0);
}

void GpuRepairProcess::on_gpu(std::string_view id, const RecordedEvent& recorded) {
  const auto [node_id, bit] = place_of(id);
  const bool is_broken = std::holds_alternative<GpuFaulted>(recorded.event) ||
                         std::holds_alternative<GpuVerificationFailed>(recorded.event);
  auto found = machines_.find(node_id);
  if (found == machines_.end()) {
    if (!is_broken) return;
    found = machines_.emplace(node_id, Machine{}).first;
  }
  auto& machine = found->second;
  if (is_broken) {
    if ((machine.out_of_service & bit) == 0) machine.is_overruled = false;
    machine.out_of_service |= bit;
    machine.quarantined |= bit;
    machine.causation = recorded.position;
    machine.correlation = recorded.origin.correlation;
    return note(node_id, bit);
  }
  // What was refused while a lease was on it may be done now.
  if (std::holds_alternative<GpuReleased>(recorded.event))
    return note(node_id, machine.quarantined & bit);
  if (std::holds_alternative<GpuRepairStarted>(recorded.event)) machine.quarantined &= ~bit;
  if (!std::holds_alternative<GpuRepaired>(recorded.event)) return;
  machine.out_of_service &= ~bit;
  machine.quarantined &= ~bit;
  machine.causation = recorded.position;
  machine.correlation = recorded.origin.correlation;
  note(node_id, 0);
}

void GpuRepairProcess::note(std::string_view node_id, std::uint32_t gpus) {
  const auto found = machines_.find(node_id);
  const auto& machine = found->second;
  // Without faults, and without our cordon: none of our business any more.
  if (machine.out_of_service == 0 && !machine.is_cordoned) {
    machines_.erase(found);
    return;
  }
  noted_[found->first] |= gpus;
}

std::vector<OwedCommand> GpuRepairProcess::due() {
  std::vector<OwedCommand> owed;
  for (const auto& [node_id, gpus] : std::exchange(noted_, {})) {
    const auto found = machines_.find(node_id);
    if (found == machines_.end()) continue;
    owe_cordon(node_id, found->second, owed);
    owe_repairs(node_id, found->second, gpus & found->second.quarantined, owed);
  }
  return owed;
}

std::vector<OwedCommand> GpuRepairProcess::resume() {
  noted_.clear();
  std::vector<OwedCommand> owed;
  for (const auto& [node_id, machine] : machines_) {
    owe_cordon(node_id, machine, owed);
    owe_repairs(node_id, machine, machine.quarantined, owed);
  }
  return owed;
}

void GpuRepairProcess::owe_cordon(const std::string& node_id, const Machine& machine,
                                  std::vector<OwedCommand>& owed) const {
  const auto count = std::popcount(machine.out_of_service);
  const Origin origin{std::string(name), machine.causation, machine.correlation};
  const std::string owner(cordon_owner);
  if (count >= cordon_gpus_min && !machine.is_cordoned && !machine.is_overruled)
    owed.push_back(
        {To<Node>{node_id,
                  Node::Cordon{std::to_string(count) + " of its GPUs are out of service", owner}},
         origin});
  if (count == 0 && machine.is_cordoned)
    owed.push_back({To<Node>{node_id, Node::Uncordon{owner}}, origin});
}

void GpuRepairProcess::owe_repairs(const std::string& node_id, const Machine& machine,
                                   std::uint32_t gpus, std::vector<OwedCommand>& owed) const {
  if (nodes_of_others_.contains(node_id)) return;
  for (; gpus != 0; gpus &= gpus - 1) {
    const auto index = static_cast<std::uint32_t>(std::countr_zero(gpus));
    owed.push_back({To<Gpu>{gpu_id(node_id, index), Gpu::BeginRepair{}},
                    {std::string(name), machine.causation, machine.correlation}});
  }
}

void GpuRepairProcess::save(std::string& out) const {
  ByteWriter{out}(machines_, nodes_of_others_);
}

void GpuRepairProcess::load(std::string_view bytes) {
  ByteReader reader(bytes);
  reader(machines_, nodes_of_others_);
  expect_end(reader);
}

}  // namespace orrery
