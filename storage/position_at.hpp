#pragma once

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// The last position of `log` whose time isn't after `time`; 0 where everything is later. A search
/// over the log, which is in order of time: some twenty reads, whatever its size.
boost::system::result<Position, LogDamage> position_at(const EventLog& log, Time time);

/// The time of the event at `position`, which must be committed.
boost::system::result<Time, LogDamage> time_at(const EventLog& log, Position position);

}  // namespace orrery
