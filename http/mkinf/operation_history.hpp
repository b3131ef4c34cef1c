#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/envelope.hpp"
#include "storage/event_log.hpp"

namespace orrery::mkinf {

/// What had happened in these streams when an operation ended, in the order of the log. Damage of
/// the log is found and reported elsewhere; here it means that there is nothing more to show.
std::vector<RecordedEvent> events_until_end_of(const EventLog& log, std::string_view operation_id,
                                               const std::vector<std::string>& streams);

}  // namespace orrery::mkinf
