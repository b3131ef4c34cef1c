#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// One GPU of a node. Stream: gpu/<node id>:<index>.
struct GpuRegistered {
  std::string node_id;
  std::uint32_t index = 0;
  std::string model;

  bool operator==(const GpuRegistered&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRegistered, (), (node_id, index, model), (), ())
};

/// The GPU belongs to one lease until it is released. `fence` grows with every claim of any GPU:
/// executors refuse work that carries a smaller one than they have seen.
struct GpuClaimed {
  std::string lease_id;
  std::uint64_t fence = 0;

  bool operator==(const GpuClaimed&) const = default;
  BOOST_DESCRIBE_CLASS(GpuClaimed, (), (lease_id, fence), (), ())
};

struct GpuReleased {
  std::string lease_id;

  bool operator==(const GpuReleased&) const = default;
  BOOST_DESCRIBE_CLASS(GpuReleased, (), (lease_id), (), ())
};

/// The GPU takes no lease until it is repaired. A lease on it stays until its owner releases it.
struct GpuFaulted {
  std::string reason;

  bool operator==(const GpuFaulted&) const = default;
  BOOST_DESCRIBE_CLASS(GpuFaulted, (), (reason), (), ())
};

struct GpuRepaired {
  bool operator==(const GpuRepaired&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRepaired, (), (), (), ())
};

using GpuEvent = std::variant<GpuRegistered, GpuClaimed, GpuReleased, GpuFaulted, GpuRepaired>;

}  // namespace orrery
