#include "http/json/timestamp.hpp"

#include <sstream>

#include <date/date.h>
#include <fmt/format.h>

namespace orrery {

std::string rfc3339_seconds(Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time) - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<Time> read_rfc3339(std::string_view text) {
  // The library reads no "Z" where it wants an offset.
  for (const auto* const format : {"%FT%T%Ez", "%FT%TZ"}) {
    std::istringstream in{std::string(text)};
    Time time;
    in >> date::parse(format, time);
    if (in && in.peek() == std::istringstream::traits_type::eof()) return time;
  }
  return std::nullopt;
}

}  // namespace orrery
