#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::gpushare {

// What people write about their machines, as numbers. Nothing here fails: what can't be understood
// is taken for little.

struct GpuWords {
  /// Empty where there is none.
  std::string model;
  std::uint32_t count = 0;

  bool operator==(const GpuWords&) const = default;
};
inline constexpr std::uint32_t gpu_count_max = 16;

/// "NVIDIA GeForce RTX 4090", "2x NVIDIA GeForce RTX 4090", "RTX 4090 (x2)", "RTX 4090, RTX 4090";
/// "none", "N/A" and the like are no GPU. Of unlike ones the first gives the name.
GpuWords read_gpu_info(std::string_view text);

/// "16 GB", "16384 MB", "17179869184", "15.6": a number without a unit is what makes sense of it.
/// At most 2^31.
std::uint32_t read_memory_mib(std::string_view text);

/// "8", "8 cores": at least 1, at most 4096.
std::uint32_t read_cpu_count(std::string_view text);

}  // namespace orrery::gpushare
