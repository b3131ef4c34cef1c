#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "sim/traces/play/line.hpp"
#include "sim/traces/trace.hpp"
#include "sim/traces/trace_policy.hpp"

namespace orrery::play {

/// Where a job stands among those who wait: the smaller the earlier.
struct Turn {
  /// Nothing (fifo), how long it is expected to run (sjf), or the rank of its tenant (fairshare).
  std::int64_t rank = 0;
  std::uint32_t job = 0;

  auto operator<=>(const Turn&) const = default;
};

/// Everybody who waits, in lines of jobs of one shape (and, with fair share, of one tenant). What
/// doesn't fit is passed over a shape at a time, however many wait for it.
class Queue {
 public:
  /// `shape_of_job` and `expected_ms` are by job.
  Queue(const Trace& trace, TraceOrder order, std::span<const std::uint32_t> shape_of_job,
        std::span<const std::int64_t> expected_ms, std::uint32_t shape_count);

  void add(std::uint32_t job);
  void remove(std::uint32_t job);

  std::uint64_t job_count() const { return job_count_; }
  std::uint64_t gpu_count() const { return gpu_count_; }
  Turn turn_of(std::uint32_t job) const;

  /// Who is next; absent where nobody waits.
  std::optional<Turn> first() const;
  /// Of those with the shape who are expected to run for at most so long.
  std::optional<Turn> first_of(std::uint32_t shape, std::int64_t expected_ms_max) const;
  /// Shapes that somebody waits for, in no order.
  std::span<const std::uint32_t> shapes() const { return shapes_; }

  /// Fair share: whose turn is when, by tenant.
  void set_ranks(std::vector<std::int64_t> ranks);

 private:
  struct OfShape {
    /// Lines in which somebody waits, in the order of their tenants' ranks.
    std::vector<std::uint32_t> lines;
    /// Its place in `shapes_`, while somebody waits.
    std::uint32_t place = 0;
    /// Its entry in `firsts_`.
    std::optional<Turn> first;
  };

  void place_jobs_in_lines(std::span<const std::uint32_t> tenants);
  bool comes_before(std::uint32_t line, std::uint32_t other) const;
  void open(std::uint32_t line, OfShape& shape);
  void close(std::uint32_t line, OfShape& shape);
  void note_first(std::uint32_t shape);

  const Trace& trace_;
  const TraceOrder order_;
  std::span<const std::uint32_t> shape_of_job_;
  std::span<const std::int64_t> expected_ms_;

  /// By job: its line, and its place there.
  std::vector<std::uint32_t> line_of_job_;
  std::vector<std::uint32_t> place_of_job_;
  std::vector<Line> lines_;
  std::vector<std::uint32_t> tenant_of_line_;
  /// The jobs of all lines in their order, and where each line begins.
  std::vector<std::uint32_t> jobs_;
  std::vector<std::uint32_t> begin_of_line_;

  std::vector<OfShape> of_shapes_;
  std::vector<std::uint32_t> shapes_;
  std::set<std::pair<Turn, std::uint32_t>> firsts_;
  std::vector<std::int64_t> ranks_;
  std::uint64_t job_count_ = 0;
  std::uint64_t gpu_count_ = 0;
};

}  // namespace orrery::play
