#pragma once

#include <cstdint>

namespace orrery {

/// Run times as clusters have them: half of them short, the mean made by a few that are very long.
/// A log-normal distribution with the given median, cut off at `run_s_max`, whose width is chosen
/// such that what is left has the given mean.
class RunTimeStrata {
 public:
  static constexpr double run_s_max = 60.0 * 86'400;

  /// `median_s` < `mean_s` < half of `run_s_max`.
  RunTimeStrata(double mean_s, double median_s);

  /// The mean of the part with number `index` of `count` parts of equal probability.
  double mean_s_of(std::uint32_t index, std::uint32_t count) const;

 private:
  /// The integral of all run times below the one with this probability.
  double partial_mean_s(double probability) const;

  double log_median_;
  double width_;
};

}  // namespace orrery
