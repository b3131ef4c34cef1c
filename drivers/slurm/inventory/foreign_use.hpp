#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "drivers/slurm/inventory/slurm_use.hpp"
#include "events/node_events.hpp"
#include "events/slurm_events.hpp"

namespace orrery {

/// What of a node, as it is registered here, is nobody's of ours and not to be had: what others'
/// jobs use, and what the node lacks by now of what it had. Of what it has more than it is
/// registered with, others are thought to use that first.
SlurmUse used_by_others(const NodeRegistered& registered, const SlurmUse& whole,
                        const SlurmUse& used, const SlurmUse& ours);

/// The lease with which one node's foreign use is kept from work of ours. Each change of the use is
/// another lease. One that placement refused, because work of ours still holds the GPUs or the node
/// was just registered, is asked for again as the next, ever more seldom while nothing changes.
class ForeignUse {
 public:
  /// Between two attempts to lease, or questions whether a lease is still there.
  static constexpr std::uint32_t look_count_max = 64;

  /// `known` is the last that the log says. What follows from it may not have been told when the
  /// server ended, so it is told again.
  ForeignUse(std::string cluster, SlurmForeignUseSeen known);

  /// One more look. A use counts once it was seen twice in a row: jobs of ours start and end
  /// between two questions to Slurm.
  void see(const SlurmUse& use, std::vector<OwedCommand>& owed);
  /// Nothing is used from now on; of what was seen before, nothing counts.
  void end(std::vector<OwedCommand>& owed);
  /// The same, where it doesn't count yet: nothing can be leased there now.
  void note(const SlurmUse& use) { last_look_ = use; }
  /// The request was turned down: the lease has ended though nobody gave it back, or was asked for
  /// otherwise before a crash.
  void note_refused(const std::string& lease_id);

  const SlurmForeignUseSeen& known() const { return known_; }

 private:
  bool is_in_use() const;
  void change(const SlurmUse& use, std::vector<OwedCommand>& owed);
  void owe_leases(std::vector<OwedCommand>& owed) const;
  std::string lease_id(std::uint64_t generation) const;

  std::string cluster_;
  SlurmForeignUseSeen known_;
  std::optional<SlurmUse> last_look_;
  bool has_ended_ = false;
  /// Since the lease was told of last.
  std::uint32_t look_count_ = 0;
  /// So many before the next try.
  std::uint32_t pause_ = 1;
};

}  // namespace orrery
