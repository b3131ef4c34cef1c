#pragma once

#include <functional>
#include <span>

#include <boost/system/result.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// Takes decoded events in order of position. Return false to stop.
using FoldEvents = std::function<bool(std::span<const RecordedEvent>)>;

/// Passes the events of [from, to] to `fold`, as far as they are committed. The calling thread
/// reads and decodes; beyond a few events `fold` runs on a second thread, never two calls at a
/// time. Both have ended on return.
boost::system::result<void, LogDamage> replay(const EventLog& log, Position from, Position to,
                                              const FoldEvents& fold);

}  // namespace orrery
