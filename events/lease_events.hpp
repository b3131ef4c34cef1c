#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/cluster_events.hpp"

namespace orrery {

/// Leases of one gang are granted all together or not at all.
struct LeaseGang {
  /// Empty: the lease stands alone.
  std::string id;
  /// Leases of the gang.
  std::uint32_t size = 0;
  /// Leases of one slot are on one node.
  std::uint32_t slot = 0;

  bool operator==(const LeaseGang&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseGang, (), (id, size, slot), (), ())
};

/// Somebody wants a part of one node of a cluster: GPUs of one model, or none; processors and
/// memory, where these are counted. Stream: lease/<id>.
struct LeaseRequested {
  /// The stream that holds the lease, such as "vm/<id>".
  std::string holder;
  std::string cluster;
  /// Empty: of any model; or none, where there are none to lease.
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// The cluster's policy at the time of the request.
  WhenFull when_full = WhenFull::refuse;
  /// 0: not counted.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  LeaseGang gang = {};
  /// The one node that will do; empty: any.
  std::string node_id = {};

  bool operator==(const LeaseRequested&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseRequested, (),
                       (holder, cluster, gpu_model, gpu_count, when_full, cpu_count, memory_mib,
                        gang, node_id),
                       (), ())
};

/// Nothing fits now; the request waits its turn.
struct LeaseQueued {
  bool operator==(const LeaseQueued&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseQueued, (), (), (), ())
};

/// The place and its GPUs are the holder's. Every GPU has been claimed with `fence` before.
struct LeaseGranted {
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;

  bool operator==(const LeaseGranted&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseGranted, (), (node_id, gpu_indices, fence), (), ())
};

/// Nothing fits and the policy is not to wait, or no node of the cluster could ever hold it.
struct LeaseRefused {
  std::string reason;

  bool operator==(const LeaseRefused&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseRefused, (), (reason), (), ())
};

/// The holder gave the lease back, or withdrew the request.
struct LeaseReleased {
  bool operator==(const LeaseReleased&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseReleased, (), (), (), ())
};

/// The lease was taken from its holder: its node is lost.
struct LeaseExpired {
  std::string reason;

  bool operator==(const LeaseExpired&) const = default;
  BOOST_DESCRIBE_CLASS(LeaseExpired, (), (reason), (), ())
};

using LeaseEvent = std::variant<LeaseRequested, LeaseQueued, LeaseGranted, LeaseRefused,
                                LeaseReleased, LeaseExpired>;

}  // namespace orrery
