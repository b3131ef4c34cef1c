#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// A machine joined a cluster. Stream: node/<id>. It takes work only once it is ready.
struct NodeRegistered {
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;

  bool operator==(const NodeRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(NodeRegistered, (), (cluster, gpu_model, gpu_count), (), ())
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

/// No new work goes to the node; what runs there goes on.
struct NodeCordoned {
  std::string reason;

  bool operator==(const NodeCordoned&) const = default;
  BOOST_DESCRIBE_CLASS(NodeCordoned, (), (reason), (), ())
};

struct NodeUncordoned {
  bool operator==(const NodeUncordoned&) const = default;
  BOOST_DESCRIBE_CLASS(NodeUncordoned, (), (), (), ())
};

using NodeEvent =
    std::variant<NodeRegistered, NodeBecameReady, NodeLost, NodeCordoned, NodeUncordoned>;

}  // namespace orrery
