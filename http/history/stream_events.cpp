#include "http/history/stream_events.hpp"

#include <algorithm>
#include <utility>

namespace orrery {

std::optional<std::vector<RecordedEvent>> events_of(const EventLog& log,
                                                    std::vector<std::string> streams,
                                                    Position until) {
  std::ranges::sort(streams);
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  std::uint64_t count = 0;
  for (const auto& stream : streams) count += log.version_of(stream);
  if (count > stream_events_max) return std::nullopt;
  std::vector<RecordedEvent> events;
  events.reserve(count);
  for (const auto& stream : streams) {
    const auto read = log.read_stream(stream, 1, [&](const StoredEvent& stored) {
      if (stored.position > until) return false;
      events.push_back(record(stored));
      return true;
    });
    if (!read) return std::nullopt;
  }
  std::ranges::sort(events, {}, &RecordedEvent::position);
  return events;
}

}  // namespace orrery
