#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace orrery {

/// The string that stands under `key`; empty where none does.
inline std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace orrery
