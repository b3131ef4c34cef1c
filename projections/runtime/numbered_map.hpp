#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace orrery {

/// Decimal numbers without leading zeros, as text, in the order of the numbers. Texts that are no
/// numbers have an order too.
struct NumberOrder {
  using is_transparent = void;
  bool operator()(std::string_view left, std::string_view right) const {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  }
};

/// Values by ids that are decimal numbers.
template <class Value>
using NumberedMap = std::map<std::string, Value, NumberOrder>;
using NumberSet = std::set<std::string, NumberOrder>;

/// The larger of `largest` and the number that `id` is.
inline std::uint64_t larger_number(std::uint64_t largest, std::string_view id) {
  std::uint64_t number = 0;
  (void)std::from_chars(id.data(), id.data() + id.size(), number);
  return std::max(largest, number);
}

}  // namespace orrery
