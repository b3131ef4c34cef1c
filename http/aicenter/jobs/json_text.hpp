#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace orrery::aicenter {

/// Whether a text stands in JSON as it is. Not so what isn't ASCII: the library looks at that.
inline bool is_plain_json(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char letter) {
    return letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
  });
}

/// Appends a text as JSON, in quotes; without an allocation where nothing in it has to be escaped.
inline void append_json_text(std::string& out, std::string_view text) {
  if (!is_plain_json(text)) {
    out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

/// Appends `before`, and a whole number.
inline void append_number(std::string& out, std::string_view before, std::int64_t number) {
  out += before;
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

}  // namespace orrery::aicenter
