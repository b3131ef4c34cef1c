#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/command.hpp"
#include "actors/runtime/tailer.hpp"
#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "drivers/slurm/inventory/foreign_use.hpp"
#include "drivers/slurm/inventory/known_slurm.hpp"
#include "drivers/slurm/inventory/slurm_partitions.hpp"
#include "drivers/slurm/inventory/slurm_use.hpp"
#include "drivers/slurm/inventory/slurm_user.hpp"
#include "drivers/slurm/plan/slurm_plan.hpp"
#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/slurm_configuration.hpp"

namespace orrery {

/// The nodes of a Slurm, kept in step with ours: what it has is registered, what is drained there
/// is cordoned here by the owner "slurm", as is what no partition of ours has, what is down is
/// lost, and what others' jobs use is leased to them. Pure: says what is to be told to whom; told
/// twice, nothing happens twice.
///
/// A node stays as it was registered. What it lacks since then counts as others' use, what it has
/// more is left to them; one whose GPUs are of another type is cordoned.
class SlurmInventory {
 public:
  /// Who cordons nodes here.
  static constexpr std::string_view owner = "slurm";
  /// What GPUs are called that have no type in Slurm.
  static constexpr std::string_view untyped_gpu = "gpu";

  /// `known` is what the log says by now.
  SlurmInventory(SlurmConfiguration configuration, KnownSlurm known, SlurmUser user = {});

  /// All that there are. Before `see`, which goes by them.
  void see_partitions(std::vector<SlurmPartition> partitions);

  /// What follows from what Slurm says now. A node that isn't in the list any more is lost and
  /// removed; an empty list says nothing. `ours`: what runs of ours, by Slurm's names of nodes.
  /// Others' use counts once it was seen twice in a row, for jobs of ours start and end between two
  /// questions to Slurm.
  std::vector<OwedCommand> see(const SlurmController& controller,
                               const std::vector<SlurmNode>& nodes,
                               const std::map<std::string, SlurmUse>& ours);

  /// The answer to a command was no. What follows is said by the next `see`.
  void refused(const RefusedCommand& command);

  /// What an operator should know of, each once.
  std::vector<std::string> take_warnings();

  /// None where there is no such node (`name` is empty then).
  SlurmPlace place_of(std::string_view node_id) const;
  /// Chooses the partition that the order goes to, by what Slurm said last, and keeps its time
  /// within what that one allows. Its nodes may have none in common: then it can't be. Where one of
  /// them is in none just now, as while somebody changes partitions, the order is left without.
  std::optional<LaunchFailure> fit(SlurmOrder& order) const;
  /// Whether Slurm has said that the node is up.
  bool is_up(std::string_view node_id) const;

 private:
  struct Machine {
    /// As Slurm says it now; as the log does before Slurm was asked.
    SlurmNodeSeen seen;
    NodeRegistered registered;
    ForeignUse foreign;
    /// It is somebody else's, or was something else before.
    bool is_refused = false;
    bool is_warned_of = false;
    /// What was told last; absent where nothing was told yet.
    std::optional<bool> is_up = {};
    std::optional<bool> is_cordoned = {};
  };

  Machine& machine_of(const SlurmNodeSeen& seen);
  SlurmNodeSeen description_of(const SlurmNode& node) const;
  NodeRegistered registration_of(const SlurmNodeSeen& seen) const;
  std::string gpu_model_of(const std::string& gpu_type) const;
  std::string why_cordoned(const Machine& machine, const SlurmNode& node) const;
  void see_controller(const SlurmController& controller);
  void see_node(const SlurmNode& node, const SlurmUse& ours);
  void see_state(Machine& machine, const SlurmNode& node);
  void see_use(Machine& machine, const SlurmNode& node, const SlurmUse& ours);
  void see_removed(const std::string& name);
  void warn_of(Machine& machine);
  template <class A>
  void owe(const std::string& id, typename A::Command command);

  SlurmConfiguration configuration_;
  SlurmPartitions partitions_;
  SlurmCluster::State known_;
  bool is_cluster_declared_;
  /// By their names here; those too that were removed.
  std::map<std::string, Machine, std::less<>> machines_;
  std::vector<OwedCommand> owed_;
  std::vector<std::string> warnings_;
};

}  // namespace orrery
