#pragma once

#include <cstdint>
#include <queue>
#include <set>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "sim/traces/play/machines.hpp"

namespace orrery::play {

/// A job that runs. Runs go by small numbers, which are used again.
struct Run {
  std::uint32_t job = 0;
  const Shape* shape = nullptr;
  std::int64_t end_ms = 0;
  std::int64_t expected_end_ms = 0;
  Parts parts;
};

/// What runs: by when it ends, and where promises are made also by when it is expected to end, and
/// by node.
class Runs {
 public:
  Runs(std::uint32_t node_count, bool keeps_expectations);

  std::uint32_t add(Run run);
  void remove(std::uint32_t number);
  const Run& operator[](std::uint32_t number) const { return runs_[number]; }

  bool empty() const { return ends_.empty(); }
  /// Of the one that ends first.
  std::int64_t first_end_ms() const { return ends_.top().first; }
  /// The run that ends first, of several the one whose job comes first.
  std::uint32_t first() const { return ends_.top().second.second; }

  /// By when they are expected to end, and number. Only where expectations are kept.
  using Expected = std::set<std::pair<std::int64_t, std::uint32_t>>;
  const Expected& by_expected_end() const { return by_expected_end_; }
  /// The need fits on the node at a moment if all that runs has ended when expected, and nothing
  /// else has started. Only where expectations are kept.
  bool would_fit(const Supply& whole, std::uint32_t node, const Need& need,
                 std::int64_t at_ms) const;
  /// What would be free of the node then.
  Supply free_at(const Supply& whole, std::uint32_t node, std::int64_t at_ms) const;

 private:
  using End = std::pair<std::int64_t, std::pair<std::uint32_t, std::uint32_t>>;

  /// Calls `visit(gpus, need)` for each part on the node that is expected to be there longer.
  template <class Visit>
  void for_each_beyond(std::uint32_t node, std::int64_t at_ms, Visit visit) const;

  bool keeps_expectations_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> unused_;
  /// End, then job and number.
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
  Expected by_expected_end_;
  /// Run and part.
  std::vector<boost::container::small_vector<std::pair<std::uint32_t, std::uint32_t>, 4>> by_node_;
};

}  // namespace orrery::play
