#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

/// The parts between commas that aren't within brackets; nothing where brackets don't pair.
std::optional<std::vector<std::string_view>> outer_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  bool is_inside = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == ']') {
      if (is_inside == (text[i] == '[')) return std::nullopt;
      is_inside = !is_inside;
    }
    if (text[i] == ',' && !is_inside) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  if (is_inside) return std::nullopt;
  parts.push_back(text.substr(start));
  return parts;
}

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                  (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' ||
                  letter == '.';
         });
}

bool add_host(std::string name, std::vector<std::string>& hosts) {
  if (!is_host_name(name) || hosts.size() >= host_count_max) return false;
  hosts.push_back(std::move(name));
  return true;
}

/// `prefix` with each number of "1-3" behind, as wide as its first.
bool add_range(std::string_view prefix, std::string_view range, std::string_view suffix,
               std::vector<std::string>& hosts) {
  const auto dash = range.find('-');
  const auto first_text = range.substr(0, dash);
  const auto first = parse_number<std::uint32_t>(first_text);
  const auto last =
      dash == std::string_view::npos ? first : parse_number<std::uint32_t>(range.substr(dash + 1));
  if (!first || !last || *last < *first || *last - *first >= host_count_max) return false;
  for (auto number = *first; number <= *last; ++number)
    if (!add_host(fmt::format("{}{:0{}}{}", prefix, number, first_text.size(), suffix), hosts))
      return false;
  return true;
}

/// A name as what stands before the number at its end, and the number's digits.
struct NumberedName {
  std::string_view prefix;
  std::string_view digits;
};

NumberedName split_name(std::string_view name) {
  const auto last = name.find_last_not_of("0123456789");
  const auto start = last == std::string_view::npos ? 0 : last + 1;
  // Beyond nine digits it is a name like any other.
  if (name.size() - start > 9) return {name, {}};
  return {name.substr(0, start), name.substr(start)};
}

/// "1-3,5" of numbers in order.
std::string ranges_text(const std::vector<std::uint32_t>& numbers, std::size_t width) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    auto end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += fmt::format("{:0{}}", numbers[i], width);
    if (end > i + 1) text += fmt::format("-{:0{}}", numbers[end - 1], width);
    i = end;
  }
  return text;
}

}  // namespace

std::optional<std::vector<std::string>> expand_host_list(std::string_view text) {
  std::vector<std::string> hosts;
  const auto parts = outer_parts(text);
  if (!parts) return std::nullopt;
  for (const auto part : *parts) {
    const auto open = part.find('[');
    if (open == std::string_view::npos) {
      if (!add_host(std::string(part), hosts)) return std::nullopt;
      continue;
    }
    const auto close = part.find(']', open);
    if (part.find('[', close) != std::string_view::npos) return std::nullopt;
    for (const auto range : split(part.substr(open + 1, close - open - 1), ','))
      if (!add_range(part.substr(0, open), range, part.substr(close + 1), hosts))
        return std::nullopt;
  }
  return hosts;
}

std::string host_list_text(const std::vector<std::string>& hosts) {
  struct Group {
    std::vector<std::uint32_t> numbers;
  };
  // By what stands before the number, and by the width of numbers that begin with 0.
  std::map<std::pair<std::string_view, std::size_t>, Group> groups;
  std::vector<std::pair<std::string_view, std::size_t>> order;
  for (const std::string_view host : hosts) {
    const auto name = split_name(host);
    const auto width = name.digits.starts_with('0') ? name.digits.size() : 1;
    const auto key = std::pair(name.prefix, name.digits.empty() ? 0 : width);
    const auto [group, is_new] = groups.try_emplace(key);
    if (is_new) order.push_back(key);
    if (!name.digits.empty())
      group->second.numbers.push_back(*parse_number<std::uint32_t>(name.digits));
  }
  std::string text;
  for (const auto& key : order) {
    auto& numbers = groups[key].numbers;
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    if (!text.empty()) text += ',';
    text += key.first;
    const auto ranges = ranges_text(numbers, key.second);
    if (numbers.size() == 1) text += ranges;
    if (numbers.size() > 1) text += fmt::format("[{}]", ranges);
  }
  return text;
}

}  // namespace orrery::sbatch
