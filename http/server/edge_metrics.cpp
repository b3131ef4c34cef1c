#include "http/server/edge_metrics.hpp"

#include <algorithm>

namespace orrery {

void WorkerMetrics::count(std::uint32_t route, unsigned status, std::chrono::nanoseconds latency) {
  auto& counters = routes_[std::min<std::size_t>(route, routes_.size() - 1)];
  increment(counters.answers_by_class[std::min(status / 100, 5u)]);
  const double seconds = static_cast<double>(latency.count()) * 1e-9;
  const auto bound = std::lower_bound(latency_bounds_s.begin(), latency_bounds_s.end(), seconds);
  increment(counters.latency_buckets[static_cast<std::size_t>(bound - latency_bounds_s.begin())]);
  increment(counters.latency_sum_ns, static_cast<std::uint64_t>(latency.count()));
}

void WorkerMetrics::add_to(EdgeFigures& sum) const {
  const auto read = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  if (sum.routes.size() < routes_.size()) sum.routes.resize(routes_.size());
  for (std::size_t index = 0; index < routes_.size(); ++index) {
    const auto& from = routes_[index];
    auto& to = sum.routes[index];
    for (std::size_t i = 0; i < to.answers_by_class.size(); ++i)
      to.answers_by_class[i] += read(from.answers_by_class[i]);
    for (std::size_t i = 0; i < to.latency_buckets.size(); ++i)
      to.latency_buckets[i] += read(from.latency_buckets[i]);
    to.latency_sum_ns += read(from.latency_sum_ns);
  }
  sum.connections_accepted += read(connections_accepted_);
  sum.connections_refused += read(connections_refused_);
  sum.connections_open += read(connections_accepted_) - read(connections_closed_);
  sum.requests_refused += read(requests_refused_);
}

WorkerMetrics& EdgeMetrics::add_worker(std::size_t route_count) {
  const std::scoped_lock lock(mutex_);
  return workers_.emplace_back(route_count);
}

EdgeFigures EdgeMetrics::figures() const {
  const std::scoped_lock lock(mutex_);
  EdgeFigures sum;
  for (const auto& worker : workers_) worker.add_to(sum);
  return sum;
}

}  // namespace orrery
