#include "http/json/moment.hpp"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "http/json/timestamp.hpp"
#include "storage/position_at.hpp"

namespace orrery {
namespace {

using Kind = MomentFault::Kind;

std::optional<Position> read_position(std::string_view text) {
  Position position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return position;
}

}  // namespace

void throw_exception_from_error(const MomentFault& fault, const boost::source_location&) {
  throw std::logic_error(fault.message);
}

std::optional<Moment> read_moment(std::string_view text) {
  if (const auto position = read_position(text)) return *position;
  if (text.starts_with('-')) return std::nullopt;  // RFC 3339 has no years before 0.
  if (const auto time = read_rfc3339(text)) return *time;
  return std::nullopt;
}

boost::system::result<Position, MomentFault> position_of_moment(const EventLog& log,
                                                                std::string_view text,
                                                                Position head, Time now) {
  const auto moment = read_moment(text);
  if (!moment) return MomentFault{Kind::unreadable, fmt::format("wanted is {}", moment_wanted)};
  if (const auto* position = std::get_if<Position>(&*moment)) {
    if (*position <= head) return *position;
    return MomentFault{
        Kind::in_the_future,
        fmt::format("position {} is in the future: the last is {}", *position, head)};
  }
  const auto time = std::get<Time>(*moment);
  if (time > now)
    return MomentFault{Kind::in_the_future,
                       fmt::format("{} is in the future: it is {}", text, rfc3339_seconds(now))};
  const auto found = position_at(log, time);
  if (found) return std::min(*found, head);
  return MomentFault{Kind::log_damaged, fmt::format("the log is damaged at position {}: {}",
                                                    found.error().position, found.error().message)};
}

}  // namespace orrery
