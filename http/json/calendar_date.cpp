#include "http/json/calendar_date.hpp"

#include <charconv>

namespace orrery {

using std::chrono::sys_days;

namespace {

/// Digits only, all of them.
std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<sys_days> read_date(std::string_view text) {
  if (text.size() != 10 || text[7] != '-') return std::nullopt;
  const auto month = read_month(text.substr(0, 7));
  const auto day = number(text.substr(8));
  if (!month || !day) return std::nullopt;
  const std::chrono::year_month_day first(*month);
  const std::chrono::year_month_day date(first.year(), first.month(), std::chrono::day(*day));
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::optional<sys_days> read_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5));
  if (!year || !month) return std::nullopt;
  const std::chrono::year_month_day first(std::chrono::year(static_cast<int>(*year)),
                                          std::chrono::month(*month), std::chrono::day(1));
  if (!first.ok()) return std::nullopt;
  return sys_days(first);
}

}  // namespace orrery
