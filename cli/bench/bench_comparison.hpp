#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "cli/bench/bench_results.hpp"

namespace orrery {

BOOST_DEFINE_FIXED_ENUM_CLASS(BenchVerdict, std::uint8_t,
                              /// Within what runs of one commit differ by.
                              same, faster, slower,
                              /// Another hash: the figures can't be compared.
                              computes_something_else,
                              /// Only measured now.
                              added,
                              /// Was asked for now, and only measured before.
                              gone)

/// One measurement now against before.
struct BenchComparison {
  std::string name;
  BenchVerdict verdict = BenchVerdict::same;
  /// How many times as good as before: above 1 is better, whichever way the unit goes.
  double ratio = 1;
  double before = 0;
  double now = 0;
  std::string unit;

  bool is_regression() const {
    return verdict == BenchVerdict::slower || verdict == BenchVerdict::computes_something_else ||
           verdict == BenchVerdict::gone;
  }
};

/// Medians that differ by less are the same, however well the runs agree.
inline constexpr double bench_noise_share = 0.05;
/// A single run knows nothing of its spread, so it must differ by more.
inline constexpr double bench_single_run_noise_share = 0.20;

/// Better or worse only where the medians differ by more than noise and the runs of both don't
/// overlap. In the order of `now`, then what is gone: that of benches which were run now, as
/// `benches_run` names them.
std::vector<BenchComparison> compare(const BenchResults& now, const BenchResults& before,
                                     const std::vector<std::string>& benches_run);

}  // namespace orrery
