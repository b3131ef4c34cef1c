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

/// The GPU is in quarantine: it takes no lease until it is repaired. A lease on it stays until its
/// owner releases it.
struct GpuFaulted {
  std::string reason;

  bool operator==(const GpuFaulted&) const = default;
  BOOST_DESCRIBE_CLASS(GpuFaulted, (), (reason), (), ())
};

/// Somebody works on it; no lease is on it any more.
struct GpuRepairStarted {
  bool operator==(const GpuRepairStarted&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRepairStarted, (), (), (), ())
};

/// The repair is done; a test says whether it helped.
struct GpuVerificationStarted {
  bool operator==(const GpuVerificationStarted&) const = default;
  BOOST_DESCRIBE_CLASS(GpuVerificationStarted, (), (), (), ())
};

/// Back to quarantine.
struct GpuVerificationFailed {
  std::string reason;

  bool operator==(const GpuVerificationFailed&) const = default;
  BOOST_DESCRIBE_CLASS(GpuVerificationFailed, (), (reason), (), ())
};

/// The GPU takes leases again.
struct GpuRepaired {
  bool operator==(const GpuRepaired&) const = default;
  BOOST_DESCRIBE_CLASS(GpuRepaired, (), (), (), ())
};

using GpuEvent = std::variant<GpuRegistered, GpuClaimed, GpuReleased, GpuFaulted, GpuRepaired,
                              GpuRepairStarted, GpuVerificationStarted, GpuVerificationFailed>;

}  // namespace orrery
