#include "sim/traces/play/sampler.hpp"

#include <algorithm>

namespace orrery::play {

Sampler::Sampler(std::size_t count_max, std::int64_t span_ms)
    : count_max_(std::max<std::size_t>(count_max, 2)),
      interval_ms_(span_ms / static_cast<std::int64_t>(count_max_) + 1) {}

void Sampler::add(TraceSample sample) {
  sample.at_ms = next_ms_;
  samples_.push_back(sample);
  next_ms_ += interval_ms_;
  if (samples_.size() < count_max_) return;
  // The first stays: the even ones are those of the doubled interval.
  const auto kept = (samples_.size() + 1) / 2;
  for (std::size_t i = 1; i < kept; ++i) samples_[i] = samples_[2 * i];
  samples_.resize(kept);
  interval_ms_ *= 2;
  next_ms_ = samples_.back().at_ms + interval_ms_;
}

}  // namespace orrery::play
