#include "http/neolink/times.hpp"

#include <chrono>

#include <fmt/format.h>

#include "events/folds/billing_terms.hpp"

namespace orrery::neolink {

namespace {

/// "2024-09-02T18:34:33", what the clocks of Beijing show then.
std::string wall_clock(Time time) {
  using namespace std::chrono;
  const auto there = floor<seconds>(time) + seconds(beijing_offset_s);
  const auto day = floor<days>(there);
  const year_month_day date{day};
  const hh_mm_ss clock{there - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string beijing_seconds(Time time) { return wall_clock(time) + "+08:00"; }

std::string beijing_milliseconds(Time time) {
  using namespace std::chrono;
  const auto part = floor<milliseconds>(time - floor<seconds>(time));
  return fmt::format("{}.{:03}+08:00", wall_clock(time), part.count());
}

std::string beijing_seconds(std::int64_t at_s) {
  if (at_s == 0) return std::string(unset_time);
  return beijing_seconds(Time(std::chrono::seconds(at_s)));
}

}  // namespace orrery::neolink
