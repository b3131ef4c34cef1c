#pragma once

#include <cstdint>
#include <vector>

#include "actors/batch/fair_share.hpp"

namespace orrery::play {

/// What each tenant of a trace has used of late, as the batch scheduler counts it
/// (`batch::Usage`). All have equal shares, so who has used less has the greater fair-share factor:
/// their order says all.
class Usages {
 public:
  /// Priorities are computed anew in such intervals, as Slurm's are.
  static constexpr std::int64_t period_ms = 5 * 60 * 1'000;

  Usages(std::size_t tenant_count, std::uint32_t half_life_min)
      : half_life_min_(half_life_min), usages_(tenant_count) {}

  /// The tenant has so many GPUs more, or fewer, in thousandths.
  void change(std::uint32_t tenant, std::int64_t gpu_milli, std::int64_t now_ms);
  bool are_due(std::int64_t now_ms) const { return now_ms >= due_ms_; }
  /// By tenant: how many others have used less. Who has used the same has the same rank.
  std::vector<std::int64_t> ranks(std::int64_t now_ms);

 private:
  std::uint32_t half_life_min_;
  std::vector<batch::Usage> usages_;
  std::int64_t due_ms_ = 0;
};

}  // namespace orrery::play
