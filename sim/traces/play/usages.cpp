#include "sim/traces/play/usages.hpp"

#include <algorithm>
#include <numeric>

namespace orrery::play {
namespace {

Time time_of(std::int64_t at_ms) { return Time{std::chrono::milliseconds(at_ms)}; }

}  // namespace

void Usages::change(std::uint32_t tenant, std::int64_t gpu_milli, std::int64_t now_ms) {
  usages_[tenant].change_rate(static_cast<double>(gpu_milli) / 1'000, time_of(now_ms),
                              half_life_min_);
}

std::vector<std::int64_t> Usages::ranks(std::int64_t now_ms) {
  due_ms_ = now_ms + period_ms;
  std::vector<double> values(usages_.size());
  for (std::size_t tenant = 0; tenant < values.size(); ++tenant)
    values[tenant] = usages_[tenant].at(time_of(now_ms), half_life_min_);
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::int64_t> ranks(values.size());
  for (std::size_t tenant = 0; tenant < values.size(); ++tenant)
    ranks[tenant] = std::lower_bound(sorted.begin(), sorted.end(), values[tenant]) - sorted.begin();
  return ranks;
}

}  // namespace orrery::play
