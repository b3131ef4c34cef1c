#pragma once

#include <cstdint>
#include <string>

namespace orrery {

/// Where the driver may make cgroups (version 2) for its runs: a group of this name below the one
/// that this process is in; made here. Empty where that can't be. Controllers that can be had are
/// passed on to the groups below; where this process itself is in the way, it moves into a group
/// beside ("orrery-server"), as systemd wants it of services with Delegate=yes.
std::string prepare_control_groups(const std::string& name);

/// What of a run's limits its group keeps.
struct ControlGroupLimits {
  bool memory = false;
  bool cpu = false;
};

/// Makes a group for a run and sets what limits it can. Those that are 0 are none.
ControlGroupLimits make_control_group(const std::string& group, std::uint32_t cpu_count,
                                      std::uint32_t memory_mib);
/// Puts the calling process into the group. Quietly nothing for an empty one.
void join_control_group(const std::string& group);

/// Whether the kernel has killed in it for want of memory.
bool ran_out_of_memory(const std::string& group);
/// Kills everything in it; true where there was something.
bool kill_control_group(const std::string& group);
/// An empty one is taken away.
void remove_control_group(const std::string& group);

}  // namespace orrery
