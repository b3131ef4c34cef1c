#include "cli/slurm/columns.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ctime>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "cli/slurm/words.hpp"

namespace orrery::slurm {

namespace {

constexpr std::size_t named_width = 20;
constexpr std::size_t width_max = 4'096;
constexpr std::int64_t day_s = 86'400;

std::size_t take_width(std::string_view& text) {
  std::size_t width = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc::result_out_of_range) return width_max;
  return error == std::errc{} ? std::min(width, width_max) : 0;
}

/// Takes "%.18i" and what follows it up to the next one.
Column take_column(std::string_view& format) {
  Column column;
  format.remove_prefix(1);
  if (format.starts_with('#')) {
    column.is_automatic = true;
    format.remove_prefix(1);
  }
  if (format.starts_with('.')) {
    column.is_right = true;
    format.remove_prefix(1);
  }
  column.width = take_width(format);
  if (!format.empty()) {
    column.field = format.front();
    format.remove_prefix(1);
  }
  const auto end = std::min(format.find('%'), format.size());
  column.suffix = format.substr(0, end);
  format.remove_prefix(end);
  return column;
}

std::string cell_text(const Column& column, std::size_t width, const std::string& text) {
  if (width == 0) return text;
  const auto cut =
      column.is_whole ? std::string_view(text) : std::string_view(text).substr(0, width);
  return column.is_right ? fmt::format("{:>{}}", cut, width) : fmt::format("{:<{}}", cut, width);
}

}  // namespace

std::vector<Column> letter_columns(std::string_view format) {
  std::vector<Column> columns;
  format.remove_prefix(std::min(format.find('%'), format.size()));
  while (!format.empty()) columns.push_back(take_column(format));
  return columns;
}

std::vector<Column> named_columns(std::string_view format) {
  std::vector<Column> columns;
  for (const auto& item : split_list(format)) {
    const auto colon = item.find(':');
    Column column;
    column.field = boost::algorithm::to_lower_copy(item.substr(0, colon));
    column.width = named_width;
    if (colon != std::string_view::npos) {
      std::string_view width = std::string_view(item).substr(colon + 1);
      column.is_right = width.starts_with('.');
      if (column.is_right) width.remove_prefix(1);
      column.width = take_width(width);
      column.suffix = width;
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string aligned_text(const std::vector<Column>& columns, const std::vector<Line>& lines) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    auto width = columns[i].width;
    if (columns[i].is_automatic)
      for (const auto& line : lines) width = std::max(width, line[i].size());
    widths.push_back(width);
  }
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      text += cell_text(columns[i], widths[i], line[i]) + columns[i].suffix;
    text += '\n';
  }
  return text;
}

std::string duration_text(std::int64_t seconds) {
  const auto days = seconds / day_s;
  const auto hours = seconds / 3'600 % 24;
  const auto minutes = seconds / 60 % 60;
  const auto rest = seconds % 60;
  if (days > 0) return fmt::format("{}-{:02}:{:02}:{:02}", days, hours, minutes, rest);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, rest);
  return fmt::format("{}:{:02}", minutes, rest);
}

std::string long_duration_text(std::int64_t seconds) {
  const auto days = seconds / day_s;
  const auto clock =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3'600 % 24, seconds / 60 % 60, seconds % 60);
  return days > 0 ? fmt::format("{}-{}", days, clock) : clock;
}

std::string moment_text(std::int64_t seconds, std::string_view unknown) {
  if (seconds <= 0) return std::string(unknown);
  const std::time_t moment = seconds;
  std::tm local{};
  localtime_r(&moment, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &local);
  return text.data();
}

std::string memory_text(std::uint64_t mib) {
  if (mib != 0 && mib % 1'024 == 0) return fmt::format("{}G", mib / 1'024);
  return fmt::format("{}M", mib);
}

}  // namespace orrery::slurm
