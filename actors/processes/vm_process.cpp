#include "actors/processes/vm_process.hpp"

#include <algorithm>
#include <cassert>

#include "actors/processes/vm_process_state.hpp"
#include "events/archive.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

std::string lease_id_of(const std::string& vm_id) { return vm_id + ".1"; }

}  // namespace

VmProcess::VmProcess() : state_(std::make_unique<State>()) {}
VmProcess::~VmProcess() = default;
VmProcess::VmProcess(VmProcess&&) noexcept = default;
VmProcess& VmProcess::operator=(VmProcess&&) noexcept = default;

void VmProcess::apply(const RecordedEvent& event) { state_->apply(event); }
std::vector<OwedCommand> VmProcess::due() { return state_->due(); }
std::vector<OwedCommand> VmProcess::resume() { return state_->resume(); }
void VmProcess::refused(const RefusedCommand& command) { state_->refused(command); }
void VmProcess::save(std::string& out) const { state_->save(out); }
void VmProcess::load(std::string_view bytes) { state_->load(bytes); }
std::size_t VmProcess::vm_count() const { return state_->vm_count(); }

std::vector<OwedCommand> VmProcess::State::due() {
  std::vector<OwedCommand> owed;
  for (const auto& vm_id : noted_) {
    const auto found = vms_.find(vm_id);
    if (found == vms_.end() || !std::exchange(found->second.noted, false)) continue;
    auto& vm = found->second;
    const auto step = owed_step(vm);
    if (std::exchange(vm.asked, step) == step || step == VmStep::nothing) continue;
    owed.push_back(
        {command_for(step, vm_id, vm), {std::string(name), vm.causation, vm.correlation}});
  }
  noted_.clear();
  return owed;
}

std::vector<OwedCommand> VmProcess::State::resume() {
  resumed_ = true;
  noted_.clear();
  for (auto& [vm_id, vm] : vms_) {
    vm.asked = VmStep::nothing;
    vm.noted = true;
    noted_.push_back(vm_id);
  }
  std::sort(noted_.begin(), noted_.end());
  return due();
}

void VmProcess::State::refused(const RefusedCommand& refused) {
  const auto change_record = [&](std::string_view vm_id, auto change) {
    const auto found = vms_.find(vm_id);
    if (found != vms_.end() && change(found->second)) note(found->first, found->second);
  };
  if (const auto* vm = std::get_if<Rejected<Vm>>(&refused)) {
    // Another VM has the id, or the VM to delete is gone. In every other phase the log tells more.
    change_record(vm->id, [](VmRecord& record) {
      return record.phase == VmRecord::Phase::unknown && !std::exchange(record.refused, true);
    });
  } else if (const auto* lease = std::get_if<Rejected<Lease>>(&refused)) {
    if (!std::holds_alternative<Lease::Request>(lease->command)) return;
    change_record(lease->id.substr(0, lease->id.rfind('.')), [&](VmRecord& record) {
      if (record.lease != VmRecord::LeasePhase::none) return false;
      record.lease = VmRecord::LeasePhase::refused;
      record.failure_code = "lease_refused";
      record.failure_message = boost::describe::enum_to_string(lease->rejection, "refused");
      return true;
    });
  }
}

AddressedCommand VmProcess::State::command_for(VmStep step, const std::string& vm_id,
                                               const VmRecord& vm) const {
  switch (step) {
    case VmStep::create_vm:
      return To<Vm>{vm_id, Vm::Create{vm.wish.front()}};
    case VmStep::request_lease: {
      const auto policy = when_full_.find(vm.cluster);
      const auto when_full = policy == when_full_.end() ? WhenFull::refuse : policy->second;
      return To<Lease>{lease_id_of(vm_id),
                       Lease::Request{{stream_name(Vm::stream_prefix, vm_id), vm.cluster,
                                       vm.gpu_model, vm.gpu_count, when_full}}};
    }
    case VmStep::place_vm:
      return To<Vm>{vm_id,
                    Vm::Place{{lease_id_of(vm_id), vm.node_id, vm.gpu_indices, vm.fence, {}, {}}}};
    case VmStep::report_failed: {
      auto failure = vm_failure(vm);
      return To<Vm>{vm_id, Vm::ReportFailed{std::move(failure.code), std::move(failure.message)}};
    }
    case VmStep::delete_vm:
      return To<Vm>{vm_id, Vm::Delete{}};
    case VmStep::report_stopped:
      return To<Vm>{vm_id, Vm::ReportStopped{vm.fence}};
    case VmStep::release_lease:
      return To<Lease>{lease_id_of(vm_id), Lease::Release{}};
    case VmStep::succeed_create:
      return To<Operation>{vm.create_operation, Operation::Succeed{}};
    case VmStep::fail_create: {
      auto failure = create_failure(vm);
      return To<Operation>{vm.create_operation,
                           Operation::Fail{std::move(failure.code), std::move(failure.message)}};
    }
    case VmStep::succeed_delete:
      return To<Operation>{vm.delete_operations.front(), Operation::Succeed{}};
    case VmStep::fail_surplus:
      return To<Operation>{
          vm.surplus_operations.front(),
          Operation::Fail{"vm_exists_already", "There is another VM of this id already."}};
    case VmStep::nothing:
      break;
  }
  assert(false && "no command for this step");
  return {};
}

namespace {

struct SavedVms {
  std::map<std::string, VmRecord> vms;
  std::map<std::string, WhenFull> when_full;
  std::vector<std::string> lost_nodes;
  std::vector<std::string> faulty_gpus;
  BOOST_DESCRIBE_CLASS(SavedVms, (), (vms, when_full, lost_nodes, faulty_gpus), (), ())
};

}  // namespace

void VmProcess::State::save(std::string& out) const {
  SavedVms saved;
  saved.vms.insert(vms_.begin(), vms_.end());
  saved.when_full.insert(when_full_.begin(), when_full_.end());
  saved.lost_nodes.assign(lost_nodes_.begin(), lost_nodes_.end());
  saved.faulty_gpus.assign(faulty_gpus_.begin(), faulty_gpus_.end());
  ByteWriter{out}(saved);
}

void VmProcess::State::load(std::string_view bytes) {
  SavedVms saved;
  ByteReader{bytes}(saved);
  *this = {};
  when_full_.insert(saved.when_full.begin(), saved.when_full.end());
  lost_nodes_.insert(saved.lost_nodes.begin(), saved.lost_nodes.end());
  faulty_gpus_.insert(saved.faulty_gpus.begin(), saved.faulty_gpus.end());
  for (auto& [vm_id, vm] : saved.vms) {
    index(vm_id, vm);
    vms_.emplace(vm_id, std::move(vm));
  }
}

}  // namespace orrery
