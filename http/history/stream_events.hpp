#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "storage/event_log.hpp"

namespace orrery {

/// Events that are read to answer about one resource, at most: some milliseconds.
inline constexpr std::size_t stream_events_max = 1'000;

/// The events of these streams up to `until`, in the order of the log. Nothing where the streams
/// are longer than `stream_events_max` together, as they are walked from their ends, or the log is
/// damaged. The names may repeat.
std::optional<std::vector<RecordedEvent>> events_of(const EventLog& log,
                                                    std::vector<std::string> streams,
                                                    Position until);

}  // namespace orrery
