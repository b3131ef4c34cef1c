#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace orrery::play {

/// Places in a row, known from the start, some of which are taken by somebody with a number. Finds
/// the first whose number is small enough without looking at the others.
class Line {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::int64_t anything = std::numeric_limits<std::int64_t>::max() - 1;

  explicit Line(std::size_t place_count)
      : width_(std::bit_ceil(std::max<std::size_t>(place_count, 1))),
        smallest_(2 * width_, empty) {}

  void take(std::uint32_t place, std::int64_t number) { set(place, number); }
  void leave(std::uint32_t place) { set(place, empty); }
  bool is_empty() const { return smallest_[1] == empty; }

  /// The first place whose number is at most `most`; `none` where there is none.
  std::uint32_t first(std::int64_t most = anything) const {
    if (smallest_[1] > most) return none;
    std::size_t at = 1;
    while (at < width_) at = smallest_[2 * at] <= most ? 2 * at : 2 * at + 1;
    return static_cast<std::uint32_t>(at - width_);
  }

 private:
  static constexpr std::int64_t empty = std::numeric_limits<std::int64_t>::max();

  void set(std::uint32_t place, std::int64_t number) {
    auto at = width_ + place;
    smallest_[at] = number;
    for (at /= 2; at > 0; at /= 2) {
      const auto smallest = std::min(smallest_[2 * at], smallest_[2 * at + 1]);
      if (smallest_[at] == smallest) return;
      smallest_[at] = smallest;
    }
  }

  std::size_t width_;
  /// Of the two below each; the places themselves in the second half.
  std::vector<std::int64_t> smallest_;
};

}  // namespace orrery::play
