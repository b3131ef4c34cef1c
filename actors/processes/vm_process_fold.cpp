#include <algorithm>

#include "actors/gpu/gpu.hpp"
#include "actors/processes/vm_process_state.hpp"
#include "events/stream_name.hpp"

namespace orrery {

using Phase = VmRecord::Phase;
using LeasePhase = VmRecord::LeasePhase;
using Trouble = VmRecord::Trouble;

namespace {

/// The VM that a lease was asked for by the process: its id without the number of the lease.
std::string_view vm_of_lease(std::string_view lease_stream) {
  const auto lease = stream_id(lease_stream);
  return lease.substr(0, lease.rfind('.'));
}

}  // namespace

void VmProcess::State::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

void VmProcess::State::note(const std::string& vm_id, VmRecord& vm) {
  if (!resumed_ || std::exchange(vm.noted, true)) return;
  noted_.push_back(vm_id);
}

void VmProcess::State::index(const std::string& vm_id, const VmRecord& vm) {
  if (!vm.create_operation.empty()) operations_.emplace(vm.create_operation, vm_id);
  for (const auto& operation : vm.delete_operations) operations_.emplace(operation, vm_id);
  for (const auto& operation : vm.surplus_operations) operations_.emplace(operation, vm_id);
  if (vm.lease == LeasePhase::granted) grants_.emplace(vm.node_id, vm_id);
}

void VmProcess::State::on(const RecordedEvent& recorded, const ClusterDeclared& event) {
  when_full_.insert_or_assign(std::string(stream_id(recorded.stream)), event.when_full);
}

void VmProcess::State::on(const RecordedEvent& recorded, const NodeBecameReady&) {
  const auto found = lost_nodes_.find(stream_id(recorded.stream));
  if (found != lost_nodes_.end()) lost_nodes_.erase(found);
}

void VmProcess::State::on(const RecordedEvent& recorded, const NodeLost&) {
  const auto node_id = stream_id(recorded.stream);
  lost_nodes_.emplace(node_id);
  for (const auto& vm_id : vm_ids_on(node_id))
    update(vm_id, recorded, [](VmRecord& vm) { vm.trouble = Trouble::node_lost; });
}

void VmProcess::State::on(const RecordedEvent& recorded, const GpuFaulted&) {
  const auto id = stream_id(recorded.stream);
  const auto node_id = id.substr(0, id.rfind(':'));
  faulty_gpus_.emplace(id);
  for (const auto& vm_id : vm_ids_on(node_id))
    update(vm_id, recorded, [&](VmRecord& vm) {
      const bool is_hit =
          std::any_of(vm.gpu_indices.begin(), vm.gpu_indices.end(),
                      [&](std::uint32_t gpu) { return gpu_id(node_id, gpu) == id; });
      if (is_hit && vm.trouble == Trouble::none) vm.trouble = Trouble::gpu_fault;
    });
}

void VmProcess::State::on(const RecordedEvent& recorded, const GpuRepaired&) {
  const auto found = faulty_gpus_.find(stream_id(recorded.stream));
  if (found != faulty_gpus_.end()) faulty_gpus_.erase(found);
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseRequested& event) {
  if (stream_aggregate(event.holder) != Vm::stream_prefix) return;
  // A VM may have been deleted, and forgotten, while its request was under way: then the record
  // made here lives until the lease is given back.
  const auto vm_id = stream_id(event.holder);
  create(vm_id);
  update(vm_id, recorded, [](VmRecord& vm) {
    vm.lease = LeasePhase::requested;
    vm.cluster = std::string{};
    vm.gpu_model = std::string{};
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseGranted& event) {
  const auto vm_id = vm_of_lease(recorded.stream);
  update(vm_id, recorded, [&](VmRecord& vm) {
    vm.lease = LeasePhase::granted;
    vm.node_id = event.node_id;
    vm.gpu_indices = event.gpu_indices;
    vm.fence = event.fence;
    grants_.emplace(event.node_id, vm_id);
    if (lost_nodes_.count(event.node_id) != 0) vm.trouble = Trouble::node_lost;
    for (const auto gpu : event.gpu_indices)
      if (vm.trouble == Trouble::none && faulty_gpus_.count(gpu_id(event.node_id, gpu)) != 0)
        vm.trouble = Trouble::gpu_fault;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseRefused& event) {
  const bool fits_nowhere = event.reason == "larger_than_any_node";
  end_lease(recorded, LeasePhase::refused, "out_of_stock",
            fits_nowhere ? "No node of the location has as many GPUs of this type."
                         : "The location has no free capacity for this type now.");
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseReleased&) {
  end_lease(recorded, LeasePhase::ended, "lease_released", "The VM's GPUs were given back.");
}

void VmProcess::State::on(const RecordedEvent& recorded, const LeaseExpired& event) {
  end_lease(recorded, LeasePhase::ended, event.reason, "The VM's GPUs were taken from it.");
}

void VmProcess::State::end_lease(const RecordedEvent& recorded, LeasePhase phase,
                                 std::string_view code, std::string message) {
  const auto vm_id = vm_of_lease(recorded.stream);
  update(vm_id, recorded, [&](VmRecord& vm) {
    grants_.erase({vm.node_id, std::string(vm_id)});
    vm.lease = phase;
    if (vm.phase == Phase::failed) return;  // It has a reason already.
    vm.failure_code = code;
    vm.failure_message = std::move(message);
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmRequested& event) {
  const auto vm_id = stream_id(recorded.stream);
  create(vm_id);
  update(vm_id, recorded, [&](VmRecord& vm) {
    vm.phase = Phase::waiting;
    vm.never_placed = true;
    vm.wish = std::vector<VmRequested>{};
    vm.cluster = event.specification.cluster;
    vm.gpu_model = event.specification.gpu_model;
    vm.gpu_count = event.specification.gpu_count;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmPlaced&) {
  update(stream_id(recorded.stream), recorded, [](VmRecord& vm) {
    vm.phase = Phase::placed;
    vm.never_placed = false;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmStarted&) {
  set_phase(recorded, Phase::running);
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmDeletionRequested&) {
  set_phase(recorded, Phase::deleting);
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmFailed& event) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) {
    vm.phase = Phase::failed;
    vm.failure_code = event.code;
    vm.failure_message = event.message;
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const VmDeleted&) {
  set_phase(recorded, Phase::deleted);
}

void VmProcess::State::set_phase(const RecordedEvent& recorded, Phase phase) {
  update(stream_id(recorded.stream), recorded, [&](VmRecord& vm) { vm.phase = phase; });
}

void VmProcess::State::on(const RecordedEvent& recorded, const OperationStarted& event) {
  const auto* create_goal = std::get_if<CreateVm>(&event.goal);
  if (create_goal == nullptr && !std::holds_alternative<DeleteVm>(event.goal)) return;
  const std::string operation(stream_id(recorded.stream));
  create(event.target_id);
  operations_.emplace(operation, event.target_id);
  update(event.target_id, recorded, [&](VmRecord& vm) {
    if (create_goal == nullptr) {
      vm.delete_operations.push_back(operation);
    } else if (vm.phase != Phase::unknown || !vm.create_operation.empty()) {
      vm.surplus_operations.push_back(operation);
    } else {
      vm.create_operation = operation;
      vm.wish = {VmRequested{create_goal->specification, create_goal->identity}};
    }
  });
}

void VmProcess::State::on(const RecordedEvent& recorded, const OperationSucceeded&) {
  end_operation(recorded);
}

void VmProcess::State::on(const RecordedEvent& recorded, const OperationFailed&) {
  end_operation(recorded);
}

void VmProcess::State::end_operation(const RecordedEvent& recorded) {
  const auto found = operations_.find(stream_id(recorded.stream));
  if (found == operations_.end()) return;
  const auto operation = operations_.extract(found);
  update(operation.mapped(), recorded, [&](VmRecord& vm) {
    vm.asked = VmStep::nothing;  // The same step may be owed to the next operation.
    if (vm.create_operation == operation.key()) vm.create_operation.clear();
    std::erase(vm.delete_operations, operation.key());
    std::erase(vm.surplus_operations, operation.key());
  });
}

std::vector<std::string> VmProcess::State::vm_ids_on(std::string_view node_id) const {
  std::vector<std::string> vm_ids;
  for (auto grant = grants_.lower_bound({std::string(node_id), ""});
       grant != grants_.end() && grant->first == node_id; ++grant)
    vm_ids.push_back(grant->second);
  return vm_ids;
}

}  // namespace orrery
