#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace orrery {

/// Upper bounds of the latency histogram's buckets, in seconds; the last bucket is everything
/// above.
inline constexpr std::array<double, 13> latency_bounds_s{
    0.000'01, 0.000'025, 0.000'05, 0.000'1, 0.000'25, 0.000'5, 0.001,
    0.002'5,  0.005,     0.01,     0.05,    0.25,     1.0};

/// Counters of one route, or a sum of them.
struct RouteFigures {
  /// Answers by class of status: [2] counts 200 to 299.
  std::array<std::uint64_t, 6> answers_by_class{};
  std::array<std::uint64_t, latency_bounds_s.size() + 1> latency_buckets{};
  std::uint64_t latency_sum_ns = 0;
};

/// What the edge has done so far.
struct EdgeFigures {
  /// By index in `Router::routes()`; the last entry counts requests that met no route.
  std::vector<RouteFigures> routes;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;
  /// Now open.
  std::uint64_t connections_open = 0;
  /// Requests refused before routing: broken framing, too large, too slow.
  std::uint64_t requests_refused = 0;
};

/// One thread's counters. Only that thread writes, without locked instructions; readers may be
/// behind by some nanoseconds.
class WorkerMetrics {
 public:
  explicit WorkerMetrics(std::size_t route_count) : routes_(route_count + 1) {}

  void count(std::uint32_t route, unsigned status, std::chrono::nanoseconds latency);
  void count_refused_request() { increment(requests_refused_); }
  void count_accepted() { increment(connections_accepted_); }
  void count_closed() { increment(connections_closed_); }
  void count_refused_connection() { increment(connections_refused_); }
  void add_to(EdgeFigures& sum) const;

 private:
  using Counter = std::atomic<std::uint64_t>;
  static void increment(Counter& counter, std::uint64_t by = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  struct RouteCounters {
    std::array<Counter, 6> answers_by_class{};
    std::array<Counter, latency_bounds_s.size() + 1> latency_buckets{};
    Counter latency_sum_ns{0};
  };
  std::vector<RouteCounters> routes_;
  Counter connections_accepted_{0}, connections_closed_{0}, connections_refused_{0};
  Counter requests_refused_{0};
};

/// All threads' counters, merged when somebody asks. Thread-safe.
class EdgeMetrics {
 public:
  /// Counters for one more thread; they live as long as this object.
  WorkerMetrics& add_worker(std::size_t route_count);
  EdgeFigures figures() const;

 private:
  mutable std::mutex mutex_;
  std::deque<WorkerMetrics> workers_;
};

}  // namespace orrery
