#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// Machines that don't exist, for the simulated driver to play. Stream: simulated_cluster/<name>,
/// the name of the cluster they join. Their ids follow from name and number, so whoever was
/// interrupted while registering them goes on. Requested again with more nodes, it grows.
struct SimulatedClusterRequested {
  std::string gpu_model;
  std::uint32_t node_count = 0;
  std::uint32_t gpus_per_node = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  /// Of its faults.
  std::uint64_t seed = 0;

  bool operator==(const SimulatedClusterRequested&) const = default;
  BOOST_DESCRIBE_CLASS(SimulatedClusterRequested, (),
                       (gpu_model, node_count, gpus_per_node, cpu_count, memory_mib, seed), (), ())
};

/// All nodes and GPUs asked for so far are registered and ready.
struct SimulatedClusterCompleted {
  bool operator==(const SimulatedClusterCompleted&) const = default;
  BOOST_DESCRIBE_CLASS(SimulatedClusterCompleted, (), (), (), ())
};

/// How often what breaks. 0: never.
struct FaultRates {
  std::uint32_t xid_per_million_gpu_hours = 0;
  std::uint32_t ecc_per_million_gpu_hours = 0;
  std::uint32_t node_loss_per_million_node_hours = 0;
  std::uint32_t partition_per_million_node_hours = 0;
  /// Of a thousand starts, how many are slow.
  std::uint32_t slow_start_permille = 0;

  bool operator==(const FaultRates&) const = default;
  BOOST_DESCRIBE_CLASS(FaultRates, (),
                       (xid_per_million_gpu_hours, ecc_per_million_gpu_hours,
                        node_loss_per_million_node_hours, partition_per_million_node_hours,
                        slow_start_permille),
                       (), ())
};

BOOST_DEFINE_FIXED_ENUM_CLASS(FaultKind, std::uint8_t, xid, ecc, node_loss, partition, slow_start)

struct ScriptedFault {
  /// Since the script was set.
  std::uint64_t after_ms = 0;
  FaultKind kind = FaultKind::xid;
  std::string node_id;
  std::uint32_t gpu_index = 0;
  /// The XID, where it is one.
  std::uint32_t code = 0;
  /// Of a partition, an outage or a slow start.
  std::uint64_t duration_ms = 0;

  bool operator==(const ScriptedFault&) const = default;
  BOOST_DESCRIBE_CLASS(ScriptedFault, (), (after_ms, kind, node_id, gpu_index, code, duration_ms),
                       (), ())
};

/// What breaks from now on, in place of what was set before.
struct SimulatedFaultsSet {
  FaultRates rates;
  std::vector<ScriptedFault> script;

  bool operator==(const SimulatedFaultsSet&) const = default;
  BOOST_DESCRIBE_CLASS(SimulatedFaultsSet, (), (rates, script), (), ())
};

using SimulatedClusterEvent =
    std::variant<SimulatedClusterRequested, SimulatedClusterCompleted, SimulatedFaultsSet>;

}  // namespace orrery
