#pragma once

#include <string>

#include <boost/system/result.hpp>

#include "http/native/event_query.hpp"

namespace orrery {

/// A page of the log up to `head`: {"items": [...], "next": position to go on from, "head": …}. It
/// ends after `limit` events, or after as many as one request may look at; so a page can be empty
/// although more follows: `next` counts. The error is that of the log.
boost::system::result<std::string, LogDamage> event_page(const EventLog& log,
                                                         const EventQuery& query, Position head);

}  // namespace orrery
