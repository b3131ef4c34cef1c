#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/fleet_effects.hpp"

namespace orrery {

/// Which starts are slow: an image that isn't where it is needed, a disk that is worn. Pure; chance
/// is a function of the seed and the fence, so a start that is told again is as slow as before.
class SlowStarts {
 public:
  explicit SlowStarts(const SimulatedDriverConfiguration& configuration)
      : configuration_(configuration) {}

  /// Of a thousand starts on nodes of the simulated cluster.
  void set_rate(const std::string& cluster, std::uint32_t permille);
  /// The next start on the node takes so much longer.
  void slow_next(const std::string& node_id, std::chrono::microseconds extra);

  /// Puts off the steps that begin this start, where it is a slow one.
  void apply(const std::string& node_id, std::uint64_t fence, FleetEffects& effects);

 private:
  SimulatedDriverConfiguration configuration_;
  std::map<std::string, std::uint32_t, std::less<>> permille_;
  std::map<std::string, std::chrono::microseconds> next_;
};

}  // namespace orrery
