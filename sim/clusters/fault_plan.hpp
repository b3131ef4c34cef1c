#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/simulation_events.hpp"

namespace orrery {

/// Something that breaks in a simulated cluster.
struct PlannedFault {
  /// Since the faults were set, in simulated time.
  std::chrono::microseconds at{0};
  FaultKind kind = FaultKind::xid;
  std::string node_id;
  std::uint32_t gpu_index = 0;
  /// Of a GPU: what the driver's log says of it.
  std::string reason;
  /// Of a lost node until it is back, a partition until it heals, a slow start: in simulated time.
  std::chrono::microseconds span{0};
};

/// What breaks between two moments (`from` not included, `to` included), in the order of time. A
/// function of the cluster's name, its seed, its size and what was set, and of nothing else: asked
/// for in pieces or at once, by this server or the next one, it is the same. Faults by rate are a
/// Poisson process for each kind, all nodes and GPUs alike likely; what the script says comes as it
/// says.
std::vector<PlannedFault> planned_faults(std::string_view cluster,
                                         const SimulatedClusterRequested& machines,
                                         const SimulatedFaultsSet& faults,
                                         std::chrono::microseconds from,
                                         std::chrono::microseconds to);

/// What the driver of a GPU logs with this XID, such as "XID 79: GPU has fallen off the bus".
std::string xid_text(std::uint32_t code);

/// The rates of docs/simulation.md, from what operators of large clusters have published.
FaultRates published_fault_rates();

}  // namespace orrery
