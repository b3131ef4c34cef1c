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

/// Half up. The sum of a product of two 64-bit numbers and half a divisor fits.
std::uint64_t rounded_ratio(std::uint64_t left, std::uint64_t right, std::uint64_t divisor) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{left} * right + divisor / 2) / divisor);
}

constexpr std::uint64_t seconds_per_hour = 3600;
constexpr std::uint64_t micro_usd_per_cent = 10'000;

}  // namespace

std::string_view to_string(UsageMetric metric) {
  return metric == UsageMetric::gpu_hours ? "gpu-hours" : "disk-gb-hours";
}

std::uint64_t cents_of(std::uint64_t unit_seconds, std::uint64_t micro_usd_per_hour) {
  return rounded_ratio(unit_seconds, micro_usd_per_hour, seconds_per_hour * micro_usd_per_cent);
}

std::string hours_text(std::uint64_t unit_seconds) {
  return decimal(rounded_ratio(unit_seconds, 1'000'000, seconds_per_hour), 6, 0);
}

std::string usd_text(std::uint64_t cents) { return decimal(cents, 2, 2); }

std::string micro_usd_text(std::uint64_t micro_usd) { return decimal(micro_usd, 6, 0); }

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
