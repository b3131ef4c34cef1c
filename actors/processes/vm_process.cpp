#include "actors/processes/vm_process.hpp"

#include <algorithm>

#include "actors/processes/resource_failures.hpp"
#include "actors/processes/vm_process_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery {

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
    auto step = owed_step(vm);
    if (step == vm.asked) continue;
    const auto verdict = prepare(step, vm_id, vm);
    if (verdict == Verdict::obstacle) step = owed_step(vm);
    if (verdict == Verdict::wait) step = VmStep::nothing;
    vm.asked = step;
    if (step == VmStep::nothing) continue;
    owed.push_back(
        {command_for(step, vm_id, vm), {std::string(origin_name), vm.causation, vm.correlation}});
  }
  noted_.clear();
  return owed;
}

std::vector<OwedCommand> VmProcess::State::resume() {
  resumed_ = true;
  noted_.clear();
  waiting_for_network_.clear();
  for (auto& [vm_id, vm] : vms_) {
    vm.asked = VmStep::nothing;
    vm.noted = true;
    noted_.push_back(vm_id);
  }
  std::sort(noted_.begin(), noted_.end());
  return due();
}

namespace {

/// "reservation_is_full" → "The reservation r1 refused: reservation is full."
template <class R>
Failure refusal_by(const std::string& whom, R rejection) {
  const std::string code = boost::describe::enum_to_string(rejection, "refused");
  auto words = code;
  std::replace(words.begin(), words.end(), '_', ' ');
  return {code, whom + " refused: " + words + "."};
}

/// As where a disk is somebody's request by itself.
Failure why_not_attached(const Rejected<Disk>& refused) {
  auto failure = failure_of(refused.rejection);
  return {std::move(failure.code), refused.id + ": " + failure.message};
}

/// Refusals that nothing in the log will explain.
bool is_final(const Rejected<Vm>& refused, const VmRecord& vm) {
  // Another VM has the id, or the VM to delete is gone.
  if (vm.phase == VmRecord::Phase::unknown) return true;
  return refused.rejection == Vm::Rejection::type_is_of_another_family ||
         refused.rejection == Vm::Rejection::vm_is_reserved_differently;
}

}  // namespace

void VmProcess::State::refused(const RefusedCommand& refused) {
  const auto set_obstacle = [&](std::string_view vm_id, Failure failure) {
    const auto found = vms_.find(vm_id);
    if (found == vms_.end() || is_set(found->second.obstacle)) return;
    found->second.obstacle = std::move(failure);
    note(found->first, found->second);
  };
  if (const auto* vm = std::get_if<Rejected<Vm>>(&refused)) {
    const auto found = vms_.find(vm->id);
    if (found == vms_.end()) return;
    settle_addresses(found->second, found->second.addresses);
    if (is_final(*vm, found->second)) set_obstacle(vm->id, refusal_by("The VM", vm->rejection));
  } else if (const auto* lease = std::get_if<Rejected<Lease>>(&refused)) {
    if (std::holds_alternative<Lease::Request>(lease->command))
      set_obstacle(lease->id.substr(0, lease->id.rfind('.')),
                   refusal_by("The lease", lease->rejection));
  } else if (const auto* disk = std::get_if<Rejected<Disk>>(&refused)) {
    if (const auto* attach = std::get_if<Disk::Attach>(&disk->command))
      set_obstacle(attach->vm_id, why_not_attached(*disk));
  } else if (const auto* place = std::get_if<Rejected<Reservation>>(&refused)) {
    if (const auto* take = std::get_if<Reservation::Take>(&place->command))
      set_obstacle(take->vm_id, refusal_by("The reservation " + place->id, place->rejection));
  }
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
  ByteWriter writer(out);
  writer(saved);
  book_.save(writer);
  usage_.save(writer);
}

void VmProcess::State::load(std::string_view bytes) {
  *this = {};
  SavedVms saved;
  ByteReader reader(bytes);
  reader(saved);
  book_.load(reader);
  usage_.load(reader);
  expect_end(reader);
  when_full_.insert(saved.when_full.begin(), saved.when_full.end());
  lost_nodes_.insert(saved.lost_nodes.begin(), saved.lost_nodes.end());
  faulty_gpus_.insert(saved.faulty_gpus.begin(), saved.faulty_gpus.end());
  for (auto& [vm_id, vm] : saved.vms) {
    index(vm_id, vm);
    vms_.emplace(vm_id, std::move(vm));
  }
}

}  // namespace orrery
