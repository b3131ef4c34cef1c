#pragma once

#include <functional>
#include <optional>
#include <span>

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// Takes decoded events in order of position. Return false to stop.
using FoldEvents = std::function<bool(std::span<const RecordedEvent>)>;

/// Looks at a stored event before it is decoded, and says what is wrong with it, if anything.
using InspectEvent = std::function<std::optional<LogDamage>(const StoredEvent&)>;

/// Passes the events of [from, to] to `fold`, as far as they are committed. The calling thread
/// reads, inspects and decodes; beyond a few events `fold` runs on a second thread, never two calls
/// at a time. Both have ended on return. An event that doesn't decode is damage: of a newer
/// release, or no event.
boost::system::result<void, LogDamage> replay(const EventLog& log, Position from, Position to,
                                              const FoldEvents& fold,
                                              const InspectEvent& inspect = {});

}  // namespace orrery
