#include "sim/traces/trace_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

namespace orrery {
namespace {

/// The whole text as a number; nothing for everything else, "nan" and "inf" too.
std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, std::chars_format::general);
  if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Exactly as many digits as `text` is long.
std::optional<unsigned> digits_of(std::string_view text) {
  unsigned value = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

/// ".9799600" is 979 ms. Nothing where it is no fraction.
std::optional<std::int64_t> fraction_ms(std::string_view text) {
  if (text.empty()) return 0;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() < 2 || text[0] != '.' || !std::all_of(text.begin() + 1, text.end(), is_digit))
    return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t place = 1; place <= 3; ++place)
    value = value * 10 + (place < text.size() ? text[place] - '0' : 0);
  return value;
}

/// The numbers between the signs of "YYYY-MM-DD HH:MM:SS".
std::optional<std::array<unsigned, 6>> calendar_numbers(std::string_view text) {
  constexpr std::string_view form = "....-..-.. ..:..:..";
  if (text.size() < form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] != '.' && text[i] != form[i] && !(form[i] == ' ' && text[i] == 'T'))
      return std::nullopt;
  constexpr std::array<std::pair<std::size_t, std::size_t>, 6> places{
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  std::array<unsigned, 6> numbers{};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto number = digits_of(text.substr(places[i].first, places[i].second));
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return numbers;
}

std::optional<std::int64_t> calendar_ms(std::string_view text) {
  using namespace std::chrono;
  const auto numbers = calendar_numbers(text);
  if (!numbers) return std::nullopt;
  const auto [y, mo, d, h, mi, s] = *numbers;
  const year_month_day date{year(static_cast<int>(y)), month(mo), day(d)};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
  const auto fraction = fraction_ms(text.substr(19));
  if (!fraction) return std::nullopt;
  const auto at = sys_days(date).time_since_epoch() + hours(h) + minutes(mi) + seconds(s);
  return duration_cast<milliseconds>(at).count() + *fraction;
}

}  // namespace

void TraceFields::refuse(std::string reason) {
  if (problem_.empty()) problem_ = std::move(reason);
}

std::uint32_t TraceFields::count(const TraceField& field, std::uint32_t count_max) {
  const auto value = number_of(field.text);
  if (!value || *value < 0 || *value != std::floor(*value)) {
    refuse(
        fmt::format("{} must be a whole number from 0, not {}", field.column, quoted(field.text)));
    return 0;
  }
  if (*value > count_max) {
    refuse(fmt::format("{} {} is more than {}", field.column, quoted(field.text), count_max));
    return 0;
  }
  return static_cast<std::uint32_t>(*value);
}

std::int64_t TraceFields::seconds_as_ms(const TraceField& field) {
  const auto value = number_of(field.text);
  if (!value || *value < 0) {
    refuse(fmt::format("{} must be seconds from 0, not {}", field.column, quoted(field.text)));
    return 0;
  }
  if (*value > static_cast<double>(trace_seconds_max)) {
    refuse(fmt::format("{} {} is more than 100 years", field.column, quoted(field.text)));
    return 0;
  }
  return std::llround(*value * 1'000);
}

std::int64_t TraceFields::time_as_ms(const TraceField& field) {
  const auto at_ms = calendar_ms(field.text);
  if (!at_ms || *at_ms < 0) {
    refuse(fmt::format("{} must be a time such as 2017-10-09 07:45:00, not {}", field.column,
                       quoted(field.text)));
    return 0;
  }
  return *at_ms;
}

bool is_unknown(std::string_view text) {
  using boost::algorithm::iequals;
  return text.empty() || text == "-1" || iequals(text, "none") || iequals(text, "null") ||
         iequals(text, "nan") || text == "-1.0";
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\f\v";
  const auto begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  std::string shown = "\"";
  for (const char c : text.substr(0, shown_max)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown + (text.size() > shown_max ? "…\"" : "\"");
}

}  // namespace orrery
