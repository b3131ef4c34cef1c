#include "storage/checked_record.hpp"

#include <fmt/format.h>

#include "events/codec.hpp"

namespace orrery {
namespace {

std::string sentence(const StoredEvent& stored, DecodeError error) {
  const auto event = fmt::format("{}: event {:#06x} in version {} ", stored.stream, stored.tag,
                                 stored.tag_version);
  if (error == DecodeError::malformed_payload)
    return event + "doesn't decode: its bytes are no such event";
  return event +
         "is unknown to this release. A newer one wrote it: run that one (`orrery version` says "
         "which this is)";
}

}  // namespace

std::optional<LogDamage> record_checked(const StoredEvent& stored, RecordedEvent& recorded) {
  auto event = decode(stored.tag, stored.tag_version, stored.payload);
  if (!event) return LogDamage{stored.position, sentence(stored, event.error())};
  recorded.position = stored.position;
  recorded.stream.assign(stored.stream);
  recorded.version = stored.version;
  recorded.time = stored.time;
  recorded.origin.actor.assign(stored.actor);
  recorded.origin.causation = stored.causation;
  recorded.origin.correlation.assign(stored.correlation);
  recorded.event = *std::move(event);
  return std::nullopt;
}

}  // namespace orrery
