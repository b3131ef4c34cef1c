#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace orrery {

/// A set of small numbers that gives its smallest one in constant time: a bitmap, with a bit above
/// for each word that isn't empty, and once more above that. What it answers depends on its content
/// alone, never on the order of insertions, so placement stays deterministic.
class NodeSet {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  void insert(std::uint32_t number) {
    for (auto& level : levels_) {
      const auto word = number / 64;
      if (word >= level.size()) level.resize(word + 1);
      level[word] |= std::uint64_t{1} << (number % 64);
      number = word;
    }
  }

  void erase(std::uint32_t number) {
    for (auto& level : levels_) {
      const auto word = number / 64;
      if (word >= level.size()) return;
      level[word] &= ~(std::uint64_t{1} << (number % 64));
      if (level[word] != 0) return;
      number = word;
    }
  }

  /// The smallest number, or `none`. The top level has one word for each 262,144 numbers.
  std::uint32_t first() const {
    const auto& top = levels_.back();
    for (std::size_t word = 0; word < top.size(); ++word)
      if (top[word] != 0) return descend(static_cast<std::uint32_t>(word));
    return none;
  }

 private:
  std::uint32_t descend(std::uint32_t word) const {
    for (auto level = levels_.size(); level-- > 0;)
      word = word * 64 + static_cast<std::uint32_t>(std::countr_zero(levels_[level][word]));
    return word;
  }

  std::array<std::vector<std::uint64_t>, 3> levels_;
};

}  // namespace orrery
