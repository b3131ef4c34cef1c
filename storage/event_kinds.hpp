#pragma once

#include <optional>

#include "storage/event_log.hpp"

namespace orrery {

/// Whether this release can read every event of a log, asked before the log is used. Folding would
/// find out too late: what newer releases wrote may lie below the newest snapshots.
///
/// The log's store remembers which kinds of events (tag and version) those releases knew that had
/// it open for writing. So only where one of them knew more than this does the whole log have to be
/// looked through: for the first event that is unknown here, whose position and remedy come back.
/// Otherwise what this release knows is remembered, and the answer is nothing.
std::optional<LogDamage> refuse_unknown_events(EventLog& log);

/// Name of that in the store.
inline constexpr std::string_view event_kinds_snapshot = "event_kinds";

}  // namespace orrery
