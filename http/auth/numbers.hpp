#pragma once

#include <atomic>
#include <cstdint>

namespace orrery {

/// Draws the numbers that things of one kind are called by: each once, upwards. Thread-safe.
class Numbers {
 public:
  /// The first of `count` numbers in a row that are free: above all that were drawn before, and
  /// above `largest`, which is the largest that the views know of.
  std::uint64_t take(std::uint64_t largest, std::uint32_t count) {
    auto drawn = drawn_.load();
    for (;;) {
      const auto before = drawn > largest ? drawn : largest;
      if (drawn_.compare_exchange_weak(drawn, before + count)) return before + 1;
    }
  }

 private:
  std::atomic<std::uint64_t> drawn_{0};
};

}  // namespace orrery
