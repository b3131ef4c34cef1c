#pragma once

#include <cstdint>

namespace orrery::batch {

/// A part of a node, or all of it.
struct Room {
  /// What isn't counted never ends.
  static constexpr std::int64_t uncounted = std::int64_t{1} << 40;
  /// Of a whole node: one for each who has something of it. A job that wants a node for itself
  /// takes all.
  static constexpr std::int64_t all_tenancies = std::int64_t{1} << 20;

  std::int64_t gpus = 0;
  std::int64_t cpus = 0;
  std::int64_t memory_mib = 0;
  std::int64_t tenancies = 0;

  bool fits_in(const Room& free) const {
    return gpus <= free.gpus && cpus <= free.cpus && memory_mib <= free.memory_mib &&
           tenancies <= free.tenancies;
  }
  Room& operator+=(const Room& other) {
    gpus += other.gpus;
    cpus += other.cpus;
    memory_mib += other.memory_mib;
    tenancies += other.tenancies;
    return *this;
  }
  Room& operator-=(const Room& other) {
    gpus -= other.gpus;
    cpus -= other.cpus;
    memory_mib -= other.memory_mib;
    tenancies -= other.tenancies;
    return *this;
  }
  bool operator==(const Room&) const = default;
};

}  // namespace orrery::batch
