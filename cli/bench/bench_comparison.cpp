#include "cli/bench/bench_comparison.hpp"

#include <algorithm>
#include <limits>

namespace orrery {
namespace {

const BenchResult* find(const BenchResults& results, const std::string& name) {
  const auto found = std::ranges::find_if(
      results.results, [&](const BenchResult& result) { return result.median.name == name; });
  return found == results.results.end() ? nullptr : &*found;
}

/// "restart/by-replay" belongs to the bench "restart".
std::string bench_of(const std::string& measurement) {
  return measurement.substr(0, measurement.find('/'));
}

/// Above 1: now is better.
double improvement(const BenchResult& now, const BenchResult& before) {
  const auto is_rate = now.median.better == Better::more;
  const auto better = is_rate ? now.median.value : before.median.value;
  const auto worse = is_rate ? before.median.value : now.median.value;
  if (worse == 0) return better == 0 ? 1 : std::numeric_limits<double>::infinity();
  return better / worse;
}

bool runs_overlap(const BenchResult& now, const BenchResult& before) {
  return now.lowest() <= before.highest() && before.lowest() <= now.highest();
}

BenchVerdict verdict_of(const BenchResult& now, const BenchResult& before, double ratio) {
  if (now.hash_differs || now.median.hash != before.median.hash)
    return BenchVerdict::computes_something_else;
  const auto is_single = std::min(now.runs.size(), before.runs.size()) < 2;
  const auto noise = is_single ? bench_single_run_noise_share : bench_noise_share;
  if (runs_overlap(now, before) || (ratio < 1 + noise && ratio > 1 / (1 + noise)))
    return BenchVerdict::same;
  return ratio > 1 ? BenchVerdict::faster : BenchVerdict::slower;
}

}  // namespace

std::vector<BenchComparison> compare(const BenchResults& now, const BenchResults& before,
                                     const std::vector<std::string>& benches_run) {
  std::vector<BenchComparison> comparisons;
  for (const auto& result : now.results) {
    const auto& median = result.median;
    const auto* earlier = find(before, median.name);
    if (!earlier) {
      comparisons.push_back({median.name, BenchVerdict::added, 1, 0, median.value, median.unit});
      continue;
    }
    const auto ratio = improvement(result, *earlier);
    comparisons.push_back({median.name, verdict_of(result, *earlier, ratio), ratio,
                           earlier->median.value, median.value, median.unit});
  }
  for (const auto& result : before.results) {
    const auto& median = result.median;
    if (!find(now, median.name) && std::ranges::count(benches_run, bench_of(median.name)) > 0)
      comparisons.push_back({median.name, BenchVerdict::gone, 0, median.value, 0, median.unit});
  }
  return comparisons;
}

}  // namespace orrery
