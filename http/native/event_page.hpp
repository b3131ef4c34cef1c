#pragma once

#include <string_view>

#include <boost/json/array.hpp>
#include <boost/system/result.hpp>

#include "http/native/event_query.hpp"
#include "http/native/event_selection.hpp"
#include "storage/event_log.hpp"

namespace orrery {

struct EventPage {
  /// As `to_json`, or as `cloud_event`.
  boost::json::array items;
  /// The position to go on from.
  Position next = 0;
};

/// A page of the log up to `head` with what `selection` wants. It ends after `limit` events, or
/// after as many as one request may look at; so a page can be empty although more follows: `next`
/// counts. `source` is that of CloudEvents. The error is that of the log.
boost::system::result<EventPage, LogDamage> event_page(const EventLog& log, const EventQuery& query,
                                                       const EventSelection& selection,
                                                       std::string_view source, Position head);

}  // namespace orrery
