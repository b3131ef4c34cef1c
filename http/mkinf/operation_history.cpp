#include "http/mkinf/operation_history.hpp"

#include <algorithm>

#include "events/stream_name.hpp"

namespace orrery::mkinf {

namespace {

/// Position of a stream's last event; 0 where it has none.
Position end_of(const EventLog& log, std::string_view stream) {
  Position end = 0;
  (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    end = stored.position;
    return true;
  });
  return end;
}

}  // namespace

std::vector<RecordedEvent> events_until_end_of(const EventLog& log, std::string_view operation_id,
                                               const std::vector<std::string>& streams) {
  const auto end = end_of(log, stream_name("operation", operation_id));
  std::vector<RecordedEvent> events;
  for (const auto& stream : streams)
    (void)log.read_stream(stream, 1, [&](const StoredEvent& stored) {
      if (stored.position < end) events.push_back(record(stored));
      return stored.position < end;
    });
  std::ranges::sort(events, {}, &RecordedEvent::position);
  return events;
}

}  // namespace orrery::mkinf
