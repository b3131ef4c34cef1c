#include "cli/admin_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace orrery {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get_string().empty() ? "-" : value.get_string().c_str();
  if (!value.is_array()) return json::serialize(value);
  std::string text;
  for (const auto& item : value.get_array()) text += (text.empty() ? "" : ",") + text_of(item);
  return text.empty() ? "-" : text;
}

using Line = std::vector<std::string>;

/// Columns as wide as their longest word.
std::string aligned(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i)
      row += fmt::format("{:<{}}  ", line[i], widths[i]);
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

void add_lines(const json::object& object, const std::string& prefix, std::vector<Line>& lines) {
  for (const auto& [name, value] : object) {
    const auto title = prefix + std::string(name);
    if (value.is_object() && !value.get_object().empty())
      add_lines(value.get_object(), title + ".", lines);
    else
      lines.push_back({title, value.is_object() ? "-" : text_of(value)});
  }
}

}  // namespace

std::string admin_table(const json::array& items, const std::vector<std::string_view>& columns) {
  std::vector<Line> lines(1);
  for (const auto column : columns) lines[0].emplace_back(column);
  for (const auto& item : items) {
    Line line;
    for (const auto column : columns) {
      const auto* value = item.as_object().if_contains(column);
      line.push_back(value ? text_of(*value) : "-");
    }
    lines.push_back(std::move(line));
  }
  return aligned(lines);
}

std::string admin_lines(const json::object& object) {
  std::vector<Line> lines;
  add_lines(object, "", lines);
  return aligned(lines);
}

}  // namespace orrery
