#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/processes/instance_record.hpp"

namespace orrery {

// What an instance holds of others, lacks, and has too much of.

/// "<instance>.<number>" is the lease that the process asks for: its first, second …
std::string lease_id(std::string_view instance_id, std::uint32_t number);
std::string_view instance_of_lease(std::string_view lease_id);
std::uint32_t number_of_lease(std::string_view lease_id);

/// A lease that is requested or granted, and is to be given back.
bool has_surplus_lease(const InstanceRecord& instance);

/// What it has or asked for is not wanted any more.
void give_up_lease(InstanceRecord& instance);

/// The nodes whose loss concerns it: where it has GPUs, is placed, or may still run.
std::vector<std::string> nodes_of(const InstanceRecord& instance);

/// It has GPUs of this node, or is placed there.
bool is_on(const InstanceRecord& instance, std::string_view node_id);

/// Nothing runs on this node any more, and what it has there is no good.
void lose_node(InstanceRecord& instance, std::string_view node_id);

/// It loses its place, and may still run there for a while.
void cut_off(InstanceRecord& instance);
/// No driver has anything to say of it any more.
bool runs_nowhere(const InstanceRecord& instance);

/// It is where no lease of its own is: taken away, or on GPUs that are lost.
bool lost_its_gpus(const InstanceRecord& instance);

/// It waits, with GPUs, and all volumes that are there are mounted: those that aren't are made now.
bool may_make_volumes(const InstanceRecord& instance);

/// While it waits: a volume that is there and not mounted; one that is not there yet. Null for
/// none.
const InstanceRecord::Volume* volume_to_mount(const InstanceRecord& instance);
const InstanceRecord::Volume* volume_to_create(const InstanceRecord& instance);

/// At its end: a volume that it has; one that was made for it in vain; one that may be on its way
/// still, and is made so that it can be deleted. What never ran leaves no new volumes.
const InstanceRecord::Volume* volume_to_unmount(const InstanceRecord& instance);
const InstanceRecord::Volume* volume_to_delete(const InstanceRecord& instance);
const InstanceRecord::Volume* volume_to_finish(const InstanceRecord& instance);
/// None of these three, whatever was refused.
bool leaves_no_volumes(const InstanceRecord& instance);

const InstanceRecord::Snapshot* snapshot_to_save(const InstanceRecord& instance);

}  // namespace orrery
