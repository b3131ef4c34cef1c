#include "drivers/driver_duties.hpp"

#include <utility>

#include "actors/runtime/decision.hpp"
#include "events/end_of_bytes.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

Origin origin_of(Position causation, const std::string& correlation) {
  return {std::string(driver_origin_name), causation, correlation};
}

}  // namespace

void DriverDuties::apply(const RecordedEvent& recorded) {
  const auto aggregate = stream_aggregate(recorded.stream);
  const auto id = stream_id(recorded.stream);
  if (aggregate == "vm") return on_vm(id, recorded);
  if (aggregate == "node") return on_node(id, recorded);
  if (aggregate == "gpu") return gpus_.apply(recorded);
  if (aggregate == "instance") return instances_.apply(recorded);
  if (aggregate == "service") return on_service(id, recorded);
  if (aggregate == "job") return on_job(id, recorded);
  if (aggregate == "batch_policy") return jobs_.apply(recorded);
}

void DriverDuties::on_node(std::string_view id, const RecordedEvent& recorded) {
  if (const auto* registered = std::get_if<NodeRegistered>(&recorded.event)) {
    if (registered->driver == NodeDriver::owner) return;
    auto& node = nodes_[std::string(id)];
    node.driver = registered->driver;
    note_node(id, recorded, node, false);
    return;
  }
  const auto node = nodes_.find(id);
  if (node == nodes_.end()) return;
  if (std::holds_alternative<NodeBecameReady>(recorded.event)) {
    note_node(id, recorded, node->second, true);
    services_.forget_lost(id);
    jobs_.forget_lost(id);
  } else if (std::holds_alternative<NodeLost>(recorded.event)) {
    note_node(id, recorded, node->second, false);
  }
}

void DriverDuties::note_node(std::string_view id, const RecordedEvent& recorded, NodeDuty& node,
                             bool ready) {
  node.ready = ready;
  node.causation = recorded.position;
  node.correlation = recorded.origin.correlation;
  noted_nodes_.emplace(id);
}

void DriverDuties::on_vm(std::string_view id, const RecordedEvent& recorded) {
  std::visit(Match{
                 [&](const VmPlaced& placed) {
                   auto& vm = vms_[std::string(id)];
                   vm.placement = placed;
                   note_vm(id, recorded, vm, Aim::start);
                 },
                 [&](const VmStarted&) { aim_at(id, recorded, Aim::leave); },
                 [&](const VmResetRequested& reset) {
                   aim_at(id, recorded, Aim::reboot);
                   if (const auto vm = vms_.find(id); vm != vms_.end())
                     vm->second.reset_number = reset.number;
                 },
                 [&](const VmReset&) { aim_at(id, recorded, Aim::leave); },
                 [&](const VmStopRequested&) { aim_at(id, recorded, Aim::stop); },
                 [&](const VmStopped&) { forget_vm(id); },
                 [&](const VmStartFailed&) { aim_at(id, recorded, Aim::stop); },
                 [&](const VmFailed&) { aim_at(id, recorded, Aim::stop); },
                 [&](const VmDeletionRequested&) {
                   note_vm(id, recorded, vms_[std::string(id)], Aim::stop);
                 },
                 [&](const VmDeleted&) { forget_vm(id); },
                 [](const auto&) {},
             },
             recorded.event);
}

/// One that was lost with its node has nobody to wait for where that is back already.
void DriverDuties::on_service(std::string_view id, const RecordedEvent& recorded) {
  services_.apply(recorded);
  if (!std::holds_alternative<ServiceEnded>(recorded.event)) return;
  const std::string node_id(services_.node_of(id));
  if (const auto node = nodes_.find(node_id); node != nodes_.end() && node->second.ready)
    services_.forget_lost(node_id);
}

/// As with services.
void DriverDuties::on_job(std::string_view id, const RecordedEvent& recorded) {
  const std::string node_id(jobs_.node_of(id));
  jobs_.apply(recorded);
  if (!std::holds_alternative<JobExited>(recorded.event)) return;
  if (const auto node = nodes_.find(node_id); node != nodes_.end() && node->second.ready)
    jobs_.forget_lost(node_id);
}

/// Of a VM that was placed; the others are no driver's business.
void DriverDuties::aim_at(std::string_view id, const RecordedEvent& recorded, Aim aim) {
  if (const auto vm = vms_.find(id); vm != vms_.end()) note_vm(id, recorded, vm->second, aim);
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

std::vector<DriverOrder> DriverDuties::due() {
  std::vector<DriverMessage> owed;
  for (const auto& id : noted_nodes_) owe_node(id, owed);
  for (const auto& id : noted_vms_) owe_vm(id, owed);
  noted_nodes_.clear();
  noted_vms_.clear();
  instances_.due(owed);
  services_.due(owed);
  jobs_.due(owed);
  gpus_.due(owed);
  return routed(std::move(owed));
}

std::vector<DriverOrder> DriverDuties::resume() {
  noted_nodes_.clear();
  noted_vms_.clear();
  std::vector<DriverMessage> owed;
  for (const auto& [id, node] : nodes_) owe_node(id, owed);
  for (const auto& [id, vm] : vms_) owe_vm(id, owed);
  instances_.resume(owed);
  services_.resume(owed);
  jobs_.resume(owed);
  gpus_.resume(owed);
  return routed(std::move(owed));
}

std::vector<DriverOrder> DriverDuties::routed(std::vector<DriverMessage> owed) const {
  std::vector<DriverOrder> orders;
  orders.reserve(owed.size());
  for (auto& message : owed) {
    const auto node = nodes_.find(
        std::visit([](const auto& told) { return std::string_view(told.node_id); }, message));
    orders.push_back(
        {node == nodes_.end() ? NodeDriver::simulated : node->second.driver, std::move(message)});
  }
  return orders;
}

void DriverDuties::owe_node(std::string_view id, std::vector<DriverMessage>& owed) const {
  const auto& node = nodes_.find(id)->second;
  if (!node.ready)
    owed.push_back(BootNode{std::string(id), origin_of(node.causation, node.correlation)});
}

void DriverDuties::owe_vm(std::string_view id, std::vector<DriverMessage>& owed) const {
  const auto& vm = vms_.find(id)->second;
  const auto& placement = vm.placement;
  const auto origin = origin_of(vm.causation, vm.correlation);
  switch (vm.aim) {
    case Aim::start:
      owed.push_back(start_of(id, vm));
      break;
    case Aim::reboot:
      owed.push_back(
          RebootVm{std::string(id), placement.node_id, placement.fence, vm.reset_number, origin});
      break;
    case Aim::stop:
      owed.push_back(StopVm{std::string(id), placement.node_id, placement.fence, origin});
      break;
    case Aim::leave:
      break;
  }
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
  instances_.save(writer);
  services_.save(writer);
  jobs_.save(writer);
  gpus_.save(writer);
}

void DriverDuties::load(std::string_view bytes) {
  *this = DriverDuties();
  ByteReader reader(bytes);
  reader(nodes_, vms_);
  instances_.load(reader);
  services_.load(reader);
  jobs_.load(reader);
  gpus_.load(reader);
  expect_end(reader);
}

static_assert(Tailer<DriverDuties>);

}  // namespace orrery
