#include "projections/metering/usage.hpp"

#include <fmt/format.h>

namespace orrery {
namespace {

/// `number` / 10^`places`, with at least `shown` decimals and without zeros at the end beyond them.
std::string decimal(std::uint64_t number, unsigned places, unsigned shown) {
  std::uint64_t scale = 1;
  for (unsigned i = 0; i < places; ++i) scale *= 10;
  auto text = fmt::format("{}.{:0{}}", number / scale, number % scale, places);
  const auto shortest = text.find('.') + 1 + shown;
  while (text.size() > shortest && text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string signed_decimal(std::int64_t number, unsigned places, unsigned shown) {
  if (number >= 0) return decimal(static_cast<std::uint64_t>(number), places, shown);
  return "-" + decimal(0 - static_cast<std::uint64_t>(number), places, shown);
}

__extension__ using Wide = unsigned __int128;

/// Half up. The sum of a product of two 64-bit numbers and half a divisor fits.
std::uint64_t rounded_ratio(std::uint64_t left, std::uint64_t right, std::uint64_t divisor) {
  return static_cast<std::uint64_t>((Wide{left} * right + divisor / 2) / divisor);
}

constexpr std::uint64_t seconds_per_hour = 3600;
constexpr std::uint64_t micro_usd_per_cent = 10'000;

}  // namespace

std::string_view to_string(UsageMetric metric) {
  return metric == UsageMetric::gpu_hours ? "gpu-hours" : "disk-gb-hours";
}

std::int64_t cents_of(std::uint64_t unit_seconds, std::int64_t micro_usd_per_hour) {
  if (micro_usd_per_hour <= 0) return 0;  // Prices aren't negative: the rules see to it.
  return static_cast<std::int64_t>(rounded_ratio(unit_seconds,
                                                 static_cast<std::uint64_t>(micro_usd_per_hour),
                                                 seconds_per_hour * micro_usd_per_cent));
}

std::int64_t micro_usd_of(const std::map<std::int64_t, std::uint64_t>& unit_seconds_at) {
  Wide sum = seconds_per_hour / 2;
  for (const auto& [price, unit_seconds] : unit_seconds_at)
    if (price > 0) sum += Wide{unit_seconds} * static_cast<std::uint64_t>(price);
  return static_cast<std::int64_t>(sum / seconds_per_hour);
}

std::string hours_text(std::uint64_t unit_seconds) {
  return decimal(rounded_ratio(unit_seconds, 1'000'000, seconds_per_hour), 6, 0);
}

std::string usd_text(std::int64_t cents) { return signed_decimal(cents, 2, 2); }

std::string micro_usd_text(std::int64_t micro_usd) { return signed_decimal(micro_usd, 6, 0); }

std::chrono::sys_days first_of_month(Time time) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  return std::chrono::sys_days{date.year() / date.month() / 1};
}

std::string date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace orrery
