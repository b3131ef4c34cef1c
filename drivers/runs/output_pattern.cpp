#include "drivers/runs/output_pattern.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::uint32_t no_task = 0xfffffffe;
constexpr std::size_t width_max = 10;

std::string number_with(std::uint32_t number, std::size_t width) {
  return fmt::format("{:0{}}", number, width);
}

/// None where the letter stands for nothing.
std::optional<std::string> meaning_of(char letter, std::size_t width, const OutputNames& names) {
  const auto task = names.task.value_or(JobArrayTask{names.job_id, no_task, 0});
  switch (letter) {
    case 'j':
    case 'J':
      return number_with(names.job_id, width);
    case 'A':
      return number_with(task.array_id, width);
    case 'a':
      return number_with(task.task_id, width);
    case 'n':
    case 't':
      return number_with(0, width);
    case 's':
      return "batch";
    case 'x':
      return names.name;
    case 'u':
      return names.user;
    case 'N':
      return names.host;
    case '%':
      return "%";
    default:
      return std::nullopt;
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string without_backslashes(std::string_view pattern) {
  std::string text(pattern);
  std::erase(text, '\\');
  return text;
}

}  // namespace

std::string fill_in_output_pattern(std::string_view pattern, const OutputNames& names) {
  if (pattern.find('\\') != std::string_view::npos) return without_backslashes(pattern);
  std::string filled;
  for (std::size_t at = 0; at < pattern.size();) {
    const auto begin = at++;
    if (pattern[begin] != '%') {
      filled += pattern[begin];
      continue;
    }
    std::size_t width = 0;
    while (at < pattern.size() && is_digit(pattern[at]))
      width = std::min(width * 10 + static_cast<std::size_t>(pattern[at++] - '0'), width_max);
    const auto meaning = at < pattern.size() ? meaning_of(pattern[at], width, names) : std::nullopt;
    if (at < pattern.size()) ++at;
    filled += meaning ? *meaning : std::string(pattern.substr(begin, at - begin));
  }
  return filled;
}

std::string_view default_output_pattern(bool is_of_array) {
  return is_of_array ? "slurm-%A_%a.out" : "slurm-%j.out";
}

}  // namespace orrery
