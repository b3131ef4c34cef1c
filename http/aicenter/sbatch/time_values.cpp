#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::sbatch {

namespace {

constexpr std::int64_t day_s = 86'400;

/// "1:30:00" as numbers; nothing where a part is none, or there are more than three.
std::optional<std::vector<std::uint32_t>> clock_parts(std::string_view text) {
  std::vector<std::uint32_t> parts;
  for (const auto part : split(text, ':')) {
    const auto number = parse_number<std::uint32_t>(part);
    if (!number || *number > 100'000'000) return std::nullopt;
    parts.push_back(*number);
  }
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  return parts;
}

std::uint64_t part_at(const std::vector<std::uint32_t>& parts, std::size_t index) {
  return index < parts.size() ? parts[index] : 0;
}

/// Seconds of "minutes[:seconds]" or "hours:minutes:seconds".
std::uint64_t without_days(const std::vector<std::uint32_t>& parts) {
  if (parts.size() == 3) return (std::uint64_t{parts[0]} * 60 + parts[1]) * 60 + parts[2];
  return std::uint64_t{parts[0]} * 60 + part_at(parts, 1);
}

std::optional<std::uint64_t> seconds_of(std::string_view text) {
  const auto dash = text.find('-');
  const auto parts = clock_parts(dash == std::string_view::npos ? text : text.substr(dash + 1));
  if (!parts) return std::nullopt;
  if (dash == std::string_view::npos) return without_days(*parts);
  const auto days = parse_number<std::uint32_t>(text.substr(0, dash));
  if (!days || *days > 1'000'000) return std::nullopt;
  return std::uint64_t{*days} * day_s + part_at(*parts, 0) * 3'600 + part_at(*parts, 1) * 60 +
         part_at(*parts, 2);
}

/// Day and second of the day by the center's clocks, as far as a text says them.
struct Moment {
  std::optional<std::int64_t> day;
  std::optional<std::int64_t> second;
};

std::optional<std::int64_t> day_of(std::uint32_t year, std::uint32_t month, std::uint32_t day) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!date.ok() || year > 9'999) return std::nullopt;
  return sys_days(date).time_since_epoch().count();
}

/// "2026-11-22", "11/22/26", "112226".
std::optional<std::int64_t> parse_date(std::string_view text) {
  std::vector<std::uint32_t> parts;
  const char separator = text.find('-') != std::string_view::npos   ? '-'
                         : text.find('/') != std::string_view::npos ? '/'
                                                                    : '.';
  if (text.size() == 6 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    for (std::size_t i = 0; i < 6; i += 2)
      parts.push_back(*parse_number<std::uint32_t>(text.substr(i, 2)));
  } else {
    for (const auto part : split(text, separator)) {
      const auto number = parse_number<std::uint32_t>(part);
      if (!number) return std::nullopt;
      parts.push_back(*number);
    }
  }
  if (parts.size() != 3) return std::nullopt;
  if (separator == '-') return day_of(parts[0], parts[1], parts[2]);
  return day_of(parts[2] < 100 ? 2'000 + parts[2] : parts[2], parts[0], parts[1]);
}

/// "16:00", "16:00:30", "4:00PM".
std::optional<std::int64_t> parse_clock(std::string_view text) {
  std::int64_t later = 0;
  bool is_half_day = false;
  if (text.size() > 2) {
    const auto suffix = text.substr(text.size() - 2);
    is_half_day = boost::beast::iequals(suffix, "am") || boost::beast::iequals(suffix, "pm");
    if (is_half_day) {
      later = boost::beast::iequals(suffix, "pm") ? 12 : 0;
      text = text.substr(0, text.size() - 2);
      while (text.ends_with(' ')) text.remove_suffix(1);
    }
  }
  const auto parts = clock_parts(text);
  if (!parts || parts->size() < 2) return std::nullopt;
  auto hour = std::int64_t{parts->front()};
  if (is_half_day) {
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + later;
  }
  const auto minute = part_at(*parts, 1);
  const auto second = part_at(*parts, 2);
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return hour * 3'600 + static_cast<std::int64_t>(minute * 60 + second);
}

struct Word {
  std::string_view name;
  /// After today.
  std::optional<std::int64_t> days;
  std::optional<std::int64_t> second;
};
constexpr std::array words{
    Word{"midnight", std::nullopt, 0},           Word{"noon", std::nullopt, 12 * 3'600},
    Word{"fika", std::nullopt, 15 * 3'600},      Word{"teatime", std::nullopt, 16 * 3'600},
    Word{"elevenses", std::nullopt, 11 * 3'600}, Word{"today", 0, std::nullopt},
    Word{"tomorrow", 1, std::nullopt},
};

/// Adds what one word says to `moment`; false where it says nothing, or what was said before.
bool read_word(std::string_view text, std::int64_t today, Moment& moment) {
  Moment said;
  for (const auto& word : words)
    if (boost::beast::iequals(word.name, text)) {
      if (word.days) said.day = today + *word.days;
      said.second = word.second;
    }
  if (!said.day && !said.second) said.second = parse_clock(text);
  if (!said.day && !said.second) said.day = parse_date(text);
  if ((said.day && moment.day) || (said.second && moment.second)) return false;
  if (said.day) moment.day = said.day;
  if (said.second) moment.second = said.second;
  return said.day || said.second;
}

/// After "now": "", "+60", "+2hours".
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  const auto count = parse_number<std::uint32_t>(digits);
  auto unit = text.substr(digits.size());
  if (!count) return std::nullopt;
  if (unit.ends_with('s') && unit.size() > 1) unit.remove_suffix(1);
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> units{{{"", 1},
                                                                            {"second", 1},
                                                                            {"sec", 1},
                                                                            {"minute", 60},
                                                                            {"hour", 3'600},
                                                                            {"day", day_s},
                                                                            {"week", 7 * day_s}}};
  for (const auto& [name, seconds] : units)
    if (boost::beast::iequals(name, unit)) return *count * seconds;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> parse_time_limit(std::string_view text) {
  using boost::beast::iequals;
  if (iequals(text, "unlimited") || iequals(text, "infinite") || text == "-1") return 0;
  const auto seconds = seconds_of(text);
  if (!seconds) return std::nullopt;
  const auto minutes = (*seconds + 59) / 60;
  if (minutes >= std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(minutes);
}

std::string time_limit_text(std::uint32_t minutes) {
  const auto days = minutes / 1'440;
  const auto hours = minutes / 60 % 24;
  if (days > 0) return fmt::format("{}-{:02}:{:02}:00", days, hours, minutes % 60);
  return fmt::format("{:02}:{:02}:00", hours, minutes % 60);
}

std::optional<std::int64_t> parse_begin_time(std::string_view text, Time now,
                                             std::int32_t utc_offset_min) {
  const auto now_s =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (boost::beast::iequals(text.substr(0, 3), "now")) {
    const auto offset = parse_offset(text.substr(3));
    if (!offset) return std::nullopt;
    return now_s + *offset;
  }
  // Seconds since 1970, as programs say it.
  if (text.size() >= 9)
    if (const auto seconds = parse_number<std::int64_t>(text); seconds && *seconds >= 0)
      return *seconds;
  const std::int64_t zone_s = std::int64_t{utc_offset_min} * 60;
  const auto local_s = now_s + zone_s;
  const auto today = local_s / day_s;
  std::string spaced(text);
  // A date's "T" before a time; no word of ours has one after a digit.
  for (std::size_t i = 1; i < spaced.size(); ++i)
    if (spaced[i] == 'T' && spaced[i - 1] >= '0' && spaced[i - 1] <= '9') spaced[i] = ' ';
  Moment moment;
  bool says_something = false;
  for (const auto word : split(spaced, ' ')) {
    if (word.empty()) continue;
    if (!read_word(word, today, moment)) return std::nullopt;
    says_something = true;
  }
  if (!says_something) return std::nullopt;
  const bool is_over = moment.second && *moment.second < local_s % day_s;
  const auto day = moment.day.value_or(is_over ? today + 1 : today);
  return day * day_s + moment.second.value_or(0) - zone_s;
}

}  // namespace orrery::sbatch
