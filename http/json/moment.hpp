#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// A point of the history as people name it: `--to`, `--at`, `?as_of=`.
using Moment = std::variant<Position, Time>;

/// "4711" is a position, "2026-01-31T12:00:00Z" (RFC 3339, with any offset) a time. nullopt:
/// neither.
std::optional<Moment> read_moment(std::string_view text);

/// For messages: what `read_moment` takes.
inline constexpr std::string_view moment_wanted =
    "a position (such as 4711) or a time (such as 2026-01-31T12:00:00Z)";

/// Why a moment isn't one of this log.
struct MomentFault {
  enum class Kind : std::uint8_t { unreadable, in_the_future, log_damaged };
  Kind kind = Kind::unreadable;
  /// A sentence that says what would do.
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const MomentFault& fault,
                                             const boost::source_location& location);

/// The position that `text` means: for a time the last event that had happened then, 0 where none
/// had. A position above `head` is in the future; a time is where it is after `now`.
boost::system::result<Position, MomentFault> position_of_moment(const EventLog& log,
                                                                std::string_view text,
                                                                Position head, Time now);

}  // namespace orrery
