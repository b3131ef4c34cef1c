#pragma once

#include <cstdint>

namespace orrery {

/// What of a node is in use.
struct SlurmUse {
  std::uint32_t gpu_count = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;

  bool operator==(const SlurmUse&) const = default;
};

}  // namespace orrery
