#include "storage/event_log.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "events/codec.hpp"

namespace orrery {

std::string_view to_string(AppendError error) {
  switch (error) {
    case AppendError::wrong_expected_version:
      return "the stream has another version than expected";
    case AppendError::too_large:
      return "the append exceeds a limit of the log";
    case AppendError::disk_full:
      return "nearly no disk space is left";
    case AppendError::read_only:
      return "the log is read-only since a write failed";
  }
  return "append error";
}

void throw_exception_from_error(const AppendError& error, const boost::source_location&) {
  throw std::logic_error(std::string(to_string(error)));
}

void throw_exception_from_error(const LogDamage& damage, const boost::source_location&) {
  throw std::runtime_error(damage.message);
}

void record(const StoredEvent& stored, RecordedEvent& recorded) {
  auto event = decode(stored.tag, stored.tag_version, stored.payload);
  if (!event) {
    const auto reason = to_string(event.error());
    std::fprintf(stderr, "orrery: position %llu (tag %#x, version %u): %.*s\n",
                 static_cast<unsigned long long>(stored.position), unsigned{stored.tag},
                 unsigned{stored.tag_version}, static_cast<int>(reason.size()), reason.data());
    std::abort();
  }
  recorded.position = stored.position;
  recorded.stream.assign(stored.stream);
  recorded.version = stored.version;
  recorded.time = stored.time;
  recorded.origin.actor.assign(stored.actor);
  recorded.origin.causation = stored.causation;
  recorded.origin.correlation.assign(stored.correlation);
  recorded.event = *std::move(event);
}

RecordedEvent record(const StoredEvent& stored) {
  RecordedEvent recorded;
  record(stored, recorded);
  return recorded;
}

}  // namespace orrery
