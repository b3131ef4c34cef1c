#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/command.hpp"
#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "drivers/slurm/plan/slurm_plan.hpp"
#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// What of a node is in use by jobs of ours, as the driver reckons it.
struct SlurmUse {
  std::uint32_t gpu_count = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;

  bool operator==(const SlurmUse&) const = default;
};

/// The nodes of a Slurm, kept in step with ours: what it has is registered, what is drained there
/// is cordoned here by the owner "slurm", what is down is lost, and what others' jobs use is leased
/// to them. Pure: says what is to be told to whom; told twice, nothing happens twice.
class SlurmInventory {
 public:
  /// `known` is what the log says by now.
  SlurmInventory(const SlurmConfiguration& configuration, SlurmCluster::State known);

  /// What follows from what Slurm says now. A node that isn't in the list any more is lost and
  /// removed. `ours`: by Slurm's names of nodes. Others' use counts once it was seen twice in a
  /// row, for jobs of ours start and end between two questions to Slurm.
  std::vector<OwedCommand> see(const SlurmController& controller,
                               const std::vector<SlurmNode>& nodes,
                               const std::map<std::string, SlurmUse>& ours);

  /// None where there is no such node (`name` is empty then).
  SlurmPlace place_of(std::string_view node_id) const;
  /// Whether Slurm has said that the node is up.
  bool is_up(std::string_view node_id) const;
};

}  // namespace orrery
