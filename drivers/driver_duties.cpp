#include "drivers/driver_duties.hpp"

#include "events/stream_name.hpp"

namespace orrery {
namespace {

Origin origin_of(Position causation, const std::string& correlation) {
  return {std::string(DriverDuties::name), causation, correlation};
}

}  // namespace

void DriverDuties::apply(const RecordedEvent& recorded) {
  const auto aggregate = stream_aggregate(recorded.stream);
  const auto id = stream_id(recorded.stream);
  if (aggregate == "vm") return on_vm(id, recorded);
  if (aggregate == "node") return on_node(id, recorded);
}

void DriverDuties::on_node(std::string_view id, const RecordedEvent& recorded) {
  if (std::holds_alternative<NodeRegistered>(recorded.event)) {
    auto& node = nodes_[std::string(id)];
    note_node(id, recorded, node, false);
    return;
  }
  const auto node = nodes_.find(id);
  if (node == nodes_.end()) return;
  if (std::holds_alternative<NodeBecameReady>(recorded.event))
    note_node(id, recorded, node->second, true);
  else if (std::holds_alternative<NodeLost>(recorded.event))
    note_node(id, recorded, node->second, false);
}

void DriverDuties::note_node(std::string_view id, const RecordedEvent& recorded, NodeDuty& node,
                             bool ready) {
  node.ready = ready;
  node.causation = recorded.position;
  node.correlation = recorded.origin.correlation;
  noted_nodes_.emplace(id);
}

void DriverDuties::on_vm(std::string_view id, const RecordedEvent& recorded) {
  if (const auto* placed = std::get_if<VmPlaced>(&recorded.event)) {
    auto& vm = vms_[std::string(id)];
    vm.placement = *placed;
    note_vm(id, recorded, vm, Aim::start);
  } else if (std::holds_alternative<VmDeletionRequested>(recorded.event)) {
    note_vm(id, recorded, vms_[std::string(id)], Aim::stop);
  } else if (std::holds_alternative<VmDeleted>(recorded.event)) {
    forget_vm(id);
  } else if (const auto vm = vms_.find(id); vm != vms_.end()) {
    if (std::holds_alternative<VmStarted>(recorded.event))
      note_vm(id, recorded, vm->second, Aim::leave);
    else if (std::holds_alternative<VmFailed>(recorded.event))
      note_vm(id, recorded, vm->second, Aim::stop);
  }
}

void DriverDuties::note_vm(std::string_view id, const RecordedEvent& recorded, VmDuty& vm,
                           Aim aim) {
  vm.aim = aim;
  vm.causation = recorded.position;
  vm.correlation = recorded.origin.correlation;
  noted_vms_.emplace(id);
}

void DriverDuties::forget_vm(std::string_view id) {
  if (const auto vm = vms_.find(id); vm != vms_.end()) vms_.erase(vm);
  if (const auto noted = noted_vms_.find(id); noted != noted_vms_.end()) noted_vms_.erase(noted);
}

std::vector<DriverMessage> DriverDuties::due() {
  std::vector<DriverMessage> owed;
  for (const auto& id : noted_nodes_) owe_node(id, owed);
  for (const auto& id : noted_vms_) owe_vm(id, owed);
  noted_nodes_.clear();
  noted_vms_.clear();
  return owed;
}

std::vector<DriverMessage> DriverDuties::resume() {
  noted_nodes_.clear();
  noted_vms_.clear();
  std::vector<DriverMessage> owed;
  for (const auto& [id, node] : nodes_) owe_node(id, owed);
  for (const auto& [id, vm] : vms_) owe_vm(id, owed);
  return owed;
}

void DriverDuties::owe_node(std::string_view id, std::vector<DriverMessage>& owed) const {
  const auto& node = nodes_.find(id)->second;
  if (!node.ready)
    owed.push_back(BootNode{std::string(id), origin_of(node.causation, node.correlation)});
}

void DriverDuties::owe_vm(std::string_view id, std::vector<DriverMessage>& owed) const {
  const auto& vm = vms_.find(id)->second;
  if (vm.aim == Aim::start) owed.push_back(start_of(id, vm));
  if (vm.aim == Aim::stop)
    owed.push_back(StopVm{std::string(id), vm.placement.node_id, vm.placement.fence,
                          origin_of(vm.causation, vm.correlation)});
}

StartVm DriverDuties::start_of(std::string_view id, const VmDuty& vm) const {
  const auto& placement = vm.placement;
  return {std::string(id),
          placement.node_id,
          placement.gpu_indices,
          placement.fence,
          placement.private_ipv4,
          placement.public_ipv4,
          origin_of(vm.causation, vm.correlation)};
}

void DriverDuties::save(std::string& out) const {
  ByteWriter writer(out);
  writer(nodes_, vms_);
}

void DriverDuties::load(std::string_view bytes) {
  *this = DriverDuties();
  ByteReader reader(bytes);
  reader(nodes_, vms_);
}

static_assert(Tailer<DriverDuties>);

}  // namespace orrery
