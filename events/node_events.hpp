#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// Whose hands work on a node.
BOOST_DEFINE_FIXED_ENUM_CLASS(NodeDriver, std::uint8_t, simulated, local_process,
                              /// Nobody's of ours: it is shared by its owner and reports itself.
                              owner,
                              /// A Slurm's, which has the node.
                              slurm)

/// A machine joined a cluster. Stream: node/<id>. It takes work only once it is ready.
struct NodeRegistered {
  std::string cluster;
  /// Empty where it has none.
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// 0: not counted, so any request fits.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  NodeDriver driver = NodeDriver::simulated;

  bool operator==(const NodeRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(NodeRegistered, (),
                       (cluster, gpu_model, gpu_count, cpu_count, memory_mib, driver), (), ())
};

/// The node booted and its driver can start work on it.
struct NodeBecameReady {
  bool operator==(const NodeBecameReady&) const = default;
  BOOST_DESCRIBE_CLASS(NodeBecameReady, (), (), (), ())
};

/// The node is gone with everything that ran on it. It may become ready again.
struct NodeLost {
  std::string reason;

  bool operator==(const NodeLost&) const = default;
  BOOST_DESCRIBE_CLASS(NodeLost, (), (reason), (), ())
};

/// No new work goes to the node; what runs there goes on. A node may be cordoned by several owners,
/// each for a reason of his own; the event comes once for each.
struct NodeCordoned {
  std::string reason;
  /// Who alone lifts it: an operator (empty), or the name of a process, such as "gpu-repair".
  std::string owner = {};

  bool operator==(const NodeCordoned&) const = default;
  BOOST_DESCRIBE_CLASS(NodeCordoned, (), (reason, owner), (), ())
};

/// One of several owners lifted his cordon: the node stays cordoned by the others.
struct NodeCordonLifted {
  std::string owner;

  bool operator==(const NodeCordonLifted&) const = default;
  BOOST_DESCRIBE_CLASS(NodeCordonLifted, (), (owner), (), ())
};

/// The last cordon was lifted, or all at once.
struct NodeUncordoned {
  bool operator==(const NodeUncordoned&) const = default;
  BOOST_DESCRIBE_CLASS(NodeUncordoned, (), (), (), ())
};

using NodeEvent = std::variant<NodeRegistered, NodeBecameReady, NodeLost, NodeCordoned,
                               NodeUncordoned, NodeCordonLifted>;

}  // namespace orrery
