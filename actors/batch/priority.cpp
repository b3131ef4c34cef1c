#include "actors/batch/priority.hpp"

#include <algorithm>
#include <limits>

namespace orrery::batch {

double age_factor(const BatchWeights& weights, std::int64_t since_s, std::int64_t now_s) {
  if (weights.age_max_min == 0) return 0;
  const auto waited_s = static_cast<double>(std::max<std::int64_t>(0, now_s - since_s));
  return std::min(1.0, waited_s / (60.0 * weights.age_max_min));
}

double size_factor(const BatchWeights& weights, std::uint32_t node_count, std::uint64_t cpu_count,
                   std::uint32_t nodes_in_all, std::uint32_t cpus_in_all) {
  if (nodes_in_all == 0) return 0;
  auto size = static_cast<double>(node_count) / nodes_in_all;
  if (cpus_in_all != 0) size = (size + static_cast<double>(cpu_count) / cpus_in_all) / 2;
  size = std::min(1.0, size);
  return weights.favors_small_jobs ? 1 - size : size;
}

std::uint32_t priority_of(const BatchWeights& weights, const PriorityFactors& factors,
                          std::int32_t nice) {
  const auto sum = weights.age * factors.age + weights.fair_share * factors.fair_share +
                   weights.job_size * factors.job_size + weights.partition * factors.partition +
                   weights.qos * factors.qos - nice;
  if (sum < 1) return 1;
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  return sum >= most ? most : static_cast<std::uint32_t>(sum);
}

}  // namespace orrery::batch
