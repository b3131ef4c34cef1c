#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

namespace orrery {

/// The standard library's hash of a string: Boost's goes byte by byte.
struct TextHash {
  using is_avalanching = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

/// Values by strings that live elsewhere, at least as long. Nobody walks through it for an answer
/// or a snapshot: its order means nothing.
template <class Value>
using StringMap = boost::unordered_flat_map<std::string_view, Value, TextHash>;

}  // namespace orrery
