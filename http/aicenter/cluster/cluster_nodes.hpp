#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/batch_policy_events.hpp"
#include "http/aicenter/context.hpp"
#include "http/aicenter/tres.hpp"
#include "projections/nodes/node_view.hpp"

namespace orrery::aicenter {

/// What jobs have of a node.
struct NodeUse {
  std::uint32_t cpus = 0;
  std::uint64_t memory_mib = 0;
  /// Ascending.
  std::vector<std::uint32_t> gpu_indices;
  /// Something on it is ending.
  bool is_completing = false;
};

/// A node as the batch system shows it.
struct ClusterNode {
  std::string id;
  std::vector<std::string> features;
  /// Names of the partitions that it is in.
  std::vector<std::string> partitions;
  /// Absent where the policy names it and no such machine is registered.
  std::optional<NodeDetails> machine;
  NodeUse use;
  /// Kept for somebody now; for nobody at all, where it is maintained.
  bool is_reserved = false;
  bool is_maintained = false;

  /// What it has in all; nothing of one that isn't registered.
  Tres size() const;
};

/// The cluster's nodes: those of the policy in its order, then others that are registered, by id.
std::vector<ClusterNode> cluster_nodes(const AicenterContext& context);

/// What the nodes with these ids have in all, with their number.
Tres size_of(const std::vector<ClusterNode>& nodes, const std::vector<std::string>& ids);

/// The cluster's policy; an empty one where nobody has set any.
std::shared_ptr<const BatchPolicy> policy_of(const AicenterContext& context);

}  // namespace orrery::aicenter
