#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace orrery {

/// The one source of chance in a simulated world: the same seed draws the same on every machine
/// (the standard fixes the engine, and the distributions here are our own).
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

  /// In [0, count). `count` is not 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  /// In [least, most].
  std::size_t between(std::size_t least, std::size_t most) {
    return least + below(most - least + 1);
  }
  /// True `permille` times in a thousand.
  bool chance(std::size_t permille) { return below(1000) < permille; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace orrery
