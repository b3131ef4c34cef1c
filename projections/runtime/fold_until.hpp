#pragma once

#include <atomic>
#include <span>

#include <boost/system/result.hpp>

#include "projections/runtime/view.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Brings empty views to `position`: each from the nearest snapshot before it
/// (`load_view_before`), then the events up to it. `stopped` gives up early; the views are of no
/// use then, nor after damage.
boost::system::result<void, LogDamage> fold_until(std::span<View* const> views, Position position,
                                                  const EventLog& log,
                                                  const std::atomic<bool>& stopped);

}  // namespace orrery
