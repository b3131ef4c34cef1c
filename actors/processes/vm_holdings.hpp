#pragma once

#include <string>
#include <vector>

#include "actors/processes/vm_record.hpp"

namespace orrery {

// What a VM holds of others (a lease, disks, a place in a reservation), what it lacks, and what it
// has too much of. A VM that failed, is deleted or unknown holds nothing.

bool has_lease(const VmRecord& vm);

/// It had GPUs, or was to get some, and won't keep them.
bool lost_its_gpus(const VmRecord& vm);

/// The first of `wanted` that it hasn't got in that mode; null where it has all.
const DiskAttachment* missing_disk(const VmRecord& vm, const std::vector<DiskAttachment>& wanted);
/// What `VmStep::attach_disk` is about.
const DiskAttachment* disk_to_attach(const VmRecord& vm);
/// A disk that it must give back before anything else happens; null for none.
const DiskAttachment* surplus_disk(const VmRecord& vm);

bool has_place_in(const VmRecord& vm, const std::string& reservation_id);
/// The reservation that `VmStep::take_place` is about; empty for none.
std::string place_to_take(const VmRecord& vm);
/// A reservation in which it has a place that it must give back; null for none.
const std::string* surplus_place(const VmRecord& vm);

/// The goal of the first of its operations, where it is of this kind; null otherwise.
template <class Goal>
const Goal* first_goal(const VmRecord& vm) {
  return vm.operations.empty() ? nullptr : std::get_if<Goal>(&vm.operations.front().goal);
}

}  // namespace orrery
