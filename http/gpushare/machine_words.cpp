#include "http/gpushare/machine_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

namespace orrery::gpushare {

namespace {

constexpr std::size_t model_size_max = 100;
constexpr std::uint32_t cpu_count_max = 4096;
constexpr double mib_max = 2147483648.0;

bool is_none(std::string_view text) {
  constexpr std::array<std::string_view, 10> words{
      "",        "none",    "no",           "no gpu",          "n/a",
      "unknown", "no gpus", "not detected", "no gpu detected", "null"};
  return std::any_of(words.begin(), words.end(),
                     [&](const auto& word) { return boost::algorithm::iequals(text, word); });
}

std::string trimmed(std::string_view text) {
  return boost::algorithm::trim_copy_if(std::string(text),
                                        [](unsigned char c) { return std::isspace(c) != 0; });
}

/// Not within a letter.
std::string cut(std::string_view name) {
  auto end = std::min(name.size(), model_size_max);
  while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80)
    --end;
  return std::string(name.substr(0, end));
}

/// Takes a number off the front; nothing where there is none.
std::optional<std::uint32_t> take_count(std::string_view& text) {
  std::uint32_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return count;
}

bool is_times(char c) { return c == 'x' || c == 'X' || c == '*'; }

/// "2x Name", "2 x Name".
std::optional<GpuWords> count_first(std::string_view text) {
  const auto count = take_count(text);
  if (!count) return std::nullopt;
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.empty() || !is_times(text.front())) return std::nullopt;
  text.remove_prefix(1);
  return GpuWords{trimmed(text), *count};
}

/// "Name x2", "Name (x2)", "Name x 2".
std::optional<GpuWords> count_last(std::string_view text) {
  if (text.ends_with(')')) text.remove_suffix(1);
  auto at = text.size();
  while (at > 0 && std::isdigit(static_cast<unsigned char>(text[at - 1])) != 0) --at;
  auto digits = text.substr(at);
  const auto count = take_count(digits);
  while (at > 0 && text[at - 1] == ' ') --at;
  if (!count || at < 2 || !is_times(text[at - 1])) return std::nullopt;
  text = text.substr(0, at - 1);
  if (text.ends_with('(')) text.remove_suffix(1);
  if (!text.ends_with(' ')) return std::nullopt;  // "GTX2" is a name.
  return GpuWords{trimmed(text), *count};
}

GpuWords read_one(std::string_view text) {
  if (auto words = count_first(text)) return *std::move(words);
  if (auto words = count_last(text)) return *std::move(words);
  return {std::string(text), 1};
}

/// MiB in one of the unit, which begins with this letter; nothing for none.
std::optional<double> unit_of(std::string_view unit) {
  if (unit.empty()) return std::nullopt;
  switch (std::tolower(static_cast<unsigned char>(unit.front()))) {
    case 't':
      return 1024.0 * 1024.0;
    case 'g':
      return 1024.0;
    case 'm':
      return 1.0;
    case 'k':
      return 1.0 / 1024.0;
    case 'b':
      return 1.0 / (1024.0 * 1024.0);
    default:
      return std::nullopt;
  }
}

/// No machine has less than 4 MiB and none is told of in a fraction of them: small numbers are GiB,
/// and huge ones bytes.
double guessed_unit(double number) {
  if (number < 4'096) return 1024.0;
  return number < 1e8 ? 1.0 : 1.0 / (1024.0 * 1024.0);
}

}  // namespace

GpuWords read_gpu_info(std::string_view text) {
  GpuWords all;
  for (auto rest = text;;) {
    const auto end = std::min(rest.find_first_of(",;\n"), rest.size());
    const auto part = trimmed(rest.substr(0, end));
    if (!is_none(part)) {
      const auto words = read_one(part);
      if (all.model.empty()) all.model = cut(words.model);
      all.count = std::min(all.count + std::min(words.count, gpu_count_max), gpu_count_max);
    }
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  if (all.model.empty() || all.count == 0) return {};
  return all;
}

std::uint32_t read_memory_mib(std::string_view text) {
  const auto word = trimmed(text);
  double number = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (problem != std::errc() || !std::isfinite(number) || number <= 0) return 0;
  const auto unit = trimmed(std::string_view(end, word.data() + word.size()));
  const auto mib = number * unit_of(unit).value_or(guessed_unit(number));
  return static_cast<std::uint32_t>(std::min(mib, mib_max));
}

std::uint32_t read_cpu_count(std::string_view text) {
  const auto word = trimmed(text);
  std::string_view rest = word;
  return std::clamp<std::uint32_t>(take_count(rest).value_or(1), 1, cpu_count_max);
}

}  // namespace orrery::gpushare
