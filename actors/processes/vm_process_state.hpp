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

#include "actors/processes/vm_process.hpp"
#include "actors/processes/vm_record.hpp"
#include "actors/runtime/string_index.hpp"

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
  void on(const RecordedEvent& recorded, const VmRequested& event);
  void on(const RecordedEvent& recorded, const VmPlaced& event);
  void on(const RecordedEvent& recorded, const VmStarted& event);
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
  void set_phase(const RecordedEvent& recorded, VmRecord::Phase phase);
  void end_lease(const RecordedEvent& recorded, VmRecord::LeasePhase phase, std::string_view code,
                 std::string message);
  void end_operation(const RecordedEvent& recorded);
  void note(const std::string& vm_id, VmRecord& vm);
  void index(const std::string& vm_id, const VmRecord& vm);
  std::vector<std::string> vm_ids_on(std::string_view node_id) const;
  AddressedCommand command_for(VmStep step, const std::string& vm_id, const VmRecord& vm) const;

  std::unordered_map<std::string, VmRecord, StringHash, std::equal_to<>> vms_;
  std::map<std::string, WhenFull, std::less<>> when_full_;
  std::set<std::string, std::less<>> lost_nodes_;
  /// GPU ids.
  std::set<std::string, std::less<>> faulty_gpus_;

  /// Derived from the records: operation → VM, and (node, VM) of granted leases.
  std::unordered_map<std::string, std::string, StringHash, std::equal_to<>> operations_;
  std::set<std::pair<std::string, std::string>> grants_;

  bool resumed_ = false;
  std::vector<std::string> noted_;
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
