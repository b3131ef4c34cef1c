#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/processes/address_book.hpp"
#include "actors/processes/vm_process.hpp"
#include "actors/processes/vm_record.hpp"
#include "actors/runtime/string_index.hpp"
#include "events/folds/vm_usage.hpp"

namespace orrery {

/// Inside of `VmProcess`: the records, and what finds the records that an event is about.
class VmProcess::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& refused);
  void save(std::string& out) const;
  void load(std::string_view bytes);
  std::size_t vm_count() const { return vms_.size(); }

 private:
  // The fleet and what it leases: vm_process_fleet.cpp.
  void on(const RecordedEvent& recorded, const ClusterDeclared& event);
  void on(const RecordedEvent& recorded, const NodeBecameReady& event);
  void on(const RecordedEvent& recorded, const NodeLost& event);
  void on(const RecordedEvent& recorded, const GpuFaulted& event);
  void on(const RecordedEvent& recorded, const GpuRepaired& event);
  void on(const RecordedEvent& recorded, const LeaseRequested& event);
  void on(const RecordedEvent& recorded, const LeaseGranted& event);
  void on(const RecordedEvent& recorded, const LeaseRefused& event);
  void on(const RecordedEvent& recorded, const LeaseReleased& event);
  void on(const RecordedEvent& recorded, const LeaseExpired& event);

  // Everything else that it holds.
  void on(const RecordedEvent& recorded, const SubnetAdded&) { wake_for(recorded); }
  void on(const RecordedEvent& recorded, const NetworkDeleted&) { wake_for(recorded); }
  void on(const RecordedEvent& recorded, const DiskAttached& event);
  void on(const RecordedEvent& recorded, const DiskDetached& event);
  void on(const RecordedEvent& recorded, const ReservationTaken& event);
  void on(const RecordedEvent& recorded, const ReservationGivenBack& event);

  // The VM and its operations: vm_process_fold.cpp.
  void on(const RecordedEvent& recorded, const VmRequested& event);
  void on(const RecordedEvent& recorded, const VmPlaced& event);
  void on(const RecordedEvent& recorded, const VmStarted& event);
  void on(const RecordedEvent& recorded, const VmStopRequested& event);
  void on(const RecordedEvent& recorded, const VmStopped& event);
  void on(const RecordedEvent& recorded, const VmStartRequested& event);
  void on(const RecordedEvent& recorded, const VmStartFailed& event);
  void on(const RecordedEvent& recorded, const VmResetRequested& event);
  void on(const RecordedEvent& recorded, const VmReset& event);
  void on(const RecordedEvent& recorded, const VmResized& event);
  void on(const RecordedEvent& recorded, const VmNetworkChanged& event);
  void on(const RecordedEvent& recorded, const VmReserved& event);
  void on(const RecordedEvent& recorded, const VmUnreserved& event);
  void on(const RecordedEvent& recorded, const VmDeletionRequested& event);
  void on(const RecordedEvent& recorded, const VmFailed& event);
  void on(const RecordedEvent& recorded, const VmDeleted& event);
  void on(const RecordedEvent& recorded, const OperationStarted& event);
  void on(const RecordedEvent& recorded, const OperationSucceeded& event);
  void on(const RecordedEvent& recorded, const OperationFailed& event);

  /// Changes the record of a VM, if there is one, and sees to what follows from that.
  template <class Change>
  void update(std::string_view vm_id, const RecordedEvent& recorded, Change change);
  void create(std::string_view vm_id) { vms_.try_emplace(std::string(vm_id)); }
  void enter(const RecordedEvent& recorded, VmRecord::Phase phase);
  void end_lease(const RecordedEvent& recorded, VmRecord::LeasePhase phase, Failure failure);
  void end_operation(const RecordedEvent& recorded);
  void note(const std::string& vm_id, VmRecord& vm);
  /// Who waits for a subnet of this network looks again whether it is there, or will come.
  void wake_for(const RecordedEvent& recorded);
  void index(const std::string& vm_id, const VmRecord& vm);
  std::vector<std::string> vm_ids_on(std::string_view node_id) const;

  /// From now on the VM has these addresses and no others; nothing is on its way to it.
  void settle_addresses(VmRecord& vm, AddressBook::Addresses addresses);
  void give_dynamic_address_back(VmRecord& vm);

  // Before a step is taken, and as a command: vm_process_commands.cpp.
  enum class Verdict : std::uint8_t { go, wait, obstacle };
  /// May the step be taken now? What the record alone can't tell: whether the project's quotas
  /// allow it, and which addresses are free. An obstacle stands in the record then.
  Verdict prepare(VmStep step, const std::string& vm_id, VmRecord& vm);
  Verdict hold_to_quotas(const std::string& operation_id, VmRecord& vm) const;
  Verdict find_subnet(const std::string& vm_id, VmRecord& vm);
  bool will_come(const VmRecord::Shape& shape) const;
  Verdict promise_addresses(VmRecord& vm, const std::string& subnet_id, PublicAddress kind);
  AddressedCommand command_for(VmStep step, const std::string& vm_id, const VmRecord& vm) const;
  AddressedCommand lease_request(const std::string& vm_id, const VmRecord& vm) const;

  std::unordered_map<std::string, VmRecord, StringHash, std::equal_to<>> vms_;
  std::map<std::string, WhenFull, std::less<>> when_full_;
  std::set<std::string, std::less<>> lost_nodes_;
  /// GPU ids.
  std::set<std::string, std::less<>> faulty_gpus_;
  AddressBook book_;
  VmUsage usage_;

  /// Derived from the records: operation → VM, and (node, VM) of granted leases.
  std::unordered_map<std::string, std::string, StringHash, std::equal_to<>> operations_;
  std::set<std::pair<std::string, std::string>> grants_;

  bool resumed_ = false;
  std::vector<std::string> noted_;
  /// Network → VM, where the VM's subnet of its project's default network isn't there yet.
  std::multimap<std::string, std::string, std::less<>> waiting_for_network_;
};

template <class Change>
void VmProcess::State::update(std::string_view vm_id, const RecordedEvent& recorded,
                              Change change) {
  const auto found = vms_.find(vm_id);
  if (found == vms_.end()) return;
  auto& vm = found->second;
  change(vm);
  vm.causation = recorded.position;
  vm.correlation = recorded.origin.correlation;
  if (is_finished(vm)) {
    vms_.erase(found);
  } else {
    note(found->first, vm);
  }
}

}  // namespace orrery
