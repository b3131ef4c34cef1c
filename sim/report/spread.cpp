#include "sim/report/spread.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace orrery {
namespace {

/// The smallest value that `permille` of all don't exceed.
double quantile(const std::vector<double>& sorted, std::size_t permille) {
  const auto rank = (sorted.size() * permille + 999) / 1'000;
  return sorted[std::min(std::max<std::size_t>(rank, 1), sorted.size()) - 1];
}

/// Every hundredth, and every thousandth of the last hundredth.
constexpr auto shares = [] {
  std::array<std::uint16_t, 110> permille{};
  for (std::size_t i = 0; i < 100; ++i) permille[i] = static_cast<std::uint16_t>(10 * i);
  for (std::size_t i = 0; i < 10; ++i) permille[100 + i] = static_cast<std::uint16_t>(991 + i);
  return permille;
}();

}  // namespace

std::span<const std::uint16_t> cumulative_permille() { return shares; }

Spread spread_of(std::vector<double>& values) {
  Spread spread;
  if (values.empty()) return spread;
  std::sort(values.begin(), values.end());
  spread.count = values.size();
  // In order of size, so that the sum doesn't depend on the order in which the values came.
  spread.mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  spread.p25 = quantile(values, 250);
  spread.p50 = quantile(values, 500);
  spread.p75 = quantile(values, 750);
  spread.p95 = quantile(values, 950);
  spread.p99 = quantile(values, 990);
  spread.max = values.back();
  return spread;
}

Cumulative cumulative_of(const std::vector<double>& sorted) {
  Cumulative cumulative;
  if (sorted.empty()) return cumulative;
  cumulative.reserve(shares.size());
  for (const auto permille : shares) cumulative.push_back(quantile(sorted, permille));
  return cumulative;
}

}  // namespace orrery
