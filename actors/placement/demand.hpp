#pragma once

#include <cstdint>
#include <limits>

namespace orrery {

/// What a lease takes of a node, or all leases of a gang that share one. Wide enough for sums.
struct Demand {
  std::uint32_t gpu_count = 0;
  /// 0: not counted.
  std::uint64_t cpu_count = 0;
  std::uint64_t memory_mib = 0;

  bool counts_room() const { return cpu_count != 0 || memory_mib != 0; }
  Demand& operator+=(const Demand& other) {
    gpu_count += other.gpu_count;
    cpu_count += other.cpu_count;
    memory_mib += other.memory_mib;
    return *this;
  }
  bool operator==(const Demand&) const = default;
};

/// What a node has, or has free.
struct Supply {
  /// Of processors or memory where they aren't counted: any demand fits.
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  std::uint32_t gpu_count = 0;
  std::uint64_t cpu_count = unlimited;
  std::uint64_t memory_mib = unlimited;

  bool counts_room() const { return cpu_count != unlimited || memory_mib != unlimited; }
  bool holds(const Demand& demand) const {
    return demand.gpu_count <= gpu_count && demand.cpu_count <= cpu_count &&
           demand.memory_mib <= memory_mib;
  }
  auto operator<=>(const Supply&) const = default;
};

}  // namespace orrery
