#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/traces/trace_result.hpp"

namespace orrery::play {

/// Looks at the cluster in equal intervals. How long a run takes is known at its end only, so the
/// interval is doubled, and every other sample forgotten, whenever there are too many.
class Sampler {
 public:
  /// `span_ms` is how long the run takes at least.
  Sampler(std::size_t count_max, std::int64_t span_ms);

  /// The figures hold from here to `until_ms`; `figures()` is asked where they are wanted.
  template <class Figures>
  void hold_until(std::int64_t until_ms, Figures figures) {
    while (next_ms_ < until_ms) add(figures());
  }
  std::vector<TraceSample> take() { return std::move(samples_); }

 private:
  void add(TraceSample sample);

  std::size_t count_max_;
  std::int64_t interval_ms_;
  std::int64_t next_ms_ = 0;
  std::vector<TraceSample> samples_;
};

}  // namespace orrery::play
