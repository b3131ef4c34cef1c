#include "sim/report/readable_json.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <boost/json.hpp>

namespace orrery {
namespace {

namespace json = boost::json;

/// Numbers, texts and empty things, which stand on the line of their name.
bool is_flat(const json::value& value) {
  const auto is_scalar = [](const json::value& part) { return !part.is_structured(); };
  if (value.is_array()) return std::ranges::all_of(value.get_array(), is_scalar);
  return !value.is_object() || value.get_object().empty();
}

/// Numbers as people write them, 0.5 rather than 5E-1.
void write_flat(const json::value& value, std::string& out) {
  if (value.is_double()) {
    const auto number = value.get_double();
    out += std::isfinite(number) ? fmt::format("{}", number) : "null";
  } else if (value.is_array()) {
    out += '[';
    for (const auto& element : value.get_array()) {
      if (out.back() != '[') out += ',';
      write_flat(element, out);
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

void write_readably(const json::value& value, std::string& out, std::size_t depth) {
  if (is_flat(value)) {
    write_flat(value, out);
    return;
  }
  const auto indent = std::string(2 * depth + 2, ' ');
  const auto* separator = "\n";
  const auto begin_part = [&] {
    out.append(separator).append(indent);
    separator = ",\n";
  };
  out += value.is_array() ? '[' : '{';
  if (value.is_array()) {
    for (const auto& element : value.get_array()) {
      begin_part();
      write_readably(element, out, depth + 1);
    }
  } else {
    for (const auto& [name, member] : value.get_object()) {
      begin_part();
      out.append(json::serialize(name)).append(": ");
      write_readably(member, out, depth + 1);
    }
  }
  out.append("\n").append(2 * depth, ' ') += value.is_array() ? ']' : '}';
}

}  // namespace

std::string readable_json(const json::value& value) {
  std::string text;
  write_readably(value, text, 0);
  return text + "\n";
}

}  // namespace orrery
