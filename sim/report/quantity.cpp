#include "sim/report/quantity.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

/// "1234567" as "1,234,567".
std::string with_commas(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3;
       at > static_cast<std::ptrdiff_t>(first); at -= 3)
    digits.insert(digits.begin() + at, ',');
  return digits;
}

/// Two digits that count, more only before the point.
std::string short_number(double value) {
  const auto size = std::abs(value);
  if (size >= 99.5) return with_commas(fmt::format("{:.0f}", value));
  auto text = fmt::format("{:.{}f}", value, size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2);
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

struct Unit {
  double seconds;
  std::string_view name;
};
constexpr std::array<Unit, 4> units{
    {{365.25 * 86'400, "y"}, {86'400, "d"}, {3'600, "h"}, {60, "min"}}};

}  // namespace

std::string count_text(double count) {
  if (!std::isfinite(count)) return "–";
  if (std::abs(count) >= 100 || count == std::floor(count))
    return with_commas(fmt::format("{:.0f}", count));
  auto text = fmt::format("{:.2f}", count);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "–";
  for (const auto& unit : units)
    if (seconds >= unit.seconds * 0.9995)
      return fmt::format("{} {}", short_number(seconds / unit.seconds), unit.name);
  return fmt::format("{} s", short_number(seconds));
}

std::string percent_text(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f} %", share * 100) : "–";
}

std::string money_text(std::string_view currency, double amount) {
  if (!std::isfinite(amount)) return "–";
  const auto digits = fmt::format("{:.{}f}", amount, std::abs(amount) < 1'000 ? 2 : 0);
  const auto point = digits.find('.');
  const auto whole = with_commas(digits.substr(0, point));
  return fmt::format("{}{}{}", currency, whole,
                     point == std::string::npos ? "" : digits.substr(point));
}

std::string change_text(double before, double after) {
  if (!std::isfinite(before) || !std::isfinite(after) || before <= 0 || before == after) return {};
  const auto ratio = after / before;
  if (ratio >= 3) return fmt::format("×{}", short_number(ratio));
  const auto percent = std::round((ratio - 1) * 1'000) / 10;
  if (percent == 0) return {};
  const auto size = std::abs(percent);
  // Nearly all is not all.
  const auto text = size > 99 && size < 100 ? fmt::format("{:.1f}", size) : short_number(size);
  return fmt::format("{}{} %", percent < 0 ? "−" : "+", text);
}

}  // namespace orrery
