#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// A data volume exists. It outlives the instances that mount it. Stream: volume/<id>, such as
/// "volume-920020f7".
struct VolumeCreated {
  /// The customer: wallet/<namespace id>.
  std::string namespace_id;
  std::string cluster;
  std::uint32_t size_gb = 0;

  bool operator==(const VolumeCreated&) const = default;
  BOOST_DESCRIBE_CLASS(VolumeCreated, (), (namespace_id, cluster, size_gb), (), ())
};

/// An instance has it from now on, on or off.
struct VolumeMounted {
  std::string instance_id;

  bool operator==(const VolumeMounted&) const = default;
  BOOST_DESCRIBE_CLASS(VolumeMounted, (), (instance_id), (), ())
};

/// The instance is gone.
struct VolumeUnmounted {
  std::string instance_id;

  bool operator==(const VolumeUnmounted&) const = default;
  BOOST_DESCRIBE_CLASS(VolumeUnmounted, (), (instance_id), (), ())
};

/// The volume is gone with what was on it.
struct VolumeDeleted {
  bool operator==(const VolumeDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(VolumeDeleted, (), (), (), ())
};

using VolumeEvent = std::variant<VolumeCreated, VolumeMounted, VolumeUnmounted, VolumeDeleted>;

}  // namespace orrery
