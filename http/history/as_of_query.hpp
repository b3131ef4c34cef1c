#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

/// What a query says about the moment that is asked for.
struct AsOfQuery {
  /// Decoded value of `as_of`, of the first where it is said more than once.
  std::string moment;
  std::size_t count = 0;
  /// The query without it, raw.
  std::string rest;
};

/// Takes `as_of` out of a raw query; nothing where it isn't there, which costs a look at the names.
std::optional<AsOfQuery> take_as_of(std::string_view query);

}  // namespace orrery
