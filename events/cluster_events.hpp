#pragma once

#include <cstdint>
#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// What becomes of a lease request that finds no free GPUs.
BOOST_DEFINE_FIXED_ENUM_CLASS(WhenFull, std::uint8_t, refuse, queue)

/// How placement chooses among nodes that fit: fullest first, or emptiest first.
BOOST_DEFINE_FIXED_ENUM_CLASS(PlacementStrategy, std::uint8_t, pack, spread)

/// A cluster exists, or its policy changed. Stream: cluster/<name>.
struct ClusterDeclared {
  /// The location that customers of the VM dialects name, such as "us-east1-a"; empty where the
  /// cluster is none for them.
  std::string location;
  WhenFull when_full = WhenFull::refuse;
  PlacementStrategy strategy = PlacementStrategy::pack;

  bool operator==(const ClusterDeclared&) const = default;
  BOOST_DESCRIBE_CLASS(ClusterDeclared, (), (location, when_full, strategy), (), ())
};

}  // namespace orrery
