#pragma once

#include <cstdint>
#include <string>

#include <boost/describe.hpp>

#include "events/lease_events.hpp"
#include "events/node_events.hpp"

namespace orrery {

/// Nodes and leases from the time when only GPUs were counted, leases came one by one, and every
/// node was a simulated one.

struct NodeRegisteredV2 {
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;

  BOOST_DESCRIBE_CLASS(NodeRegisteredV2, (), (cluster, gpu_model, gpu_count), (), ())
};
NodeRegistered upcast_node_registered(NodeRegisteredV2 old);

/// From the time when a cordon had no owner: all were operators'.
struct NodeCordonedV1 {
  std::string reason;

  BOOST_DESCRIBE_CLASS(NodeCordonedV1, (), (reason), (), ())
};
NodeCordoned upcast_node_cordoned(NodeCordonedV1 old);

struct LeaseRequestedV1 {
  std::string holder;
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  WhenFull when_full = WhenFull::refuse;

  BOOST_DESCRIBE_CLASS(LeaseRequestedV1, (), (holder, cluster, gpu_model, gpu_count, when_full), (),
                       ())
};

/// From the time when nobody asked for a node by name.
struct LeaseRequestedV2 {
  std::string holder;
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  WhenFull when_full = WhenFull::refuse;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  LeaseGang gang = {};

  BOOST_DESCRIBE_CLASS(LeaseRequestedV2, (),
                       (holder, cluster, gpu_model, gpu_count, when_full, cpu_count, memory_mib,
                        gang),
                       (), ())
};
LeaseRequestedV2 upcast_lease_requested_v1(LeaseRequestedV1 old);
LeaseRequested upcast_lease_requested(LeaseRequestedV2 old);

}  // namespace orrery
