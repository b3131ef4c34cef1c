#include "actors/history/resource_state.hpp"

#include <fmt/format.h>

#include "events/event_json.hpp"
#include "storage/checked_record.hpp"

namespace orrery {

std::optional<LogDamage> ResourceState::apply(const RecordedEvent& recorded) {
  const auto damaged = [&](std::string_view what) {
    return LogDamage{recorded.position,
                     fmt::format("{} of {}: {}", name_of(recorded.event), recorded.stream, what)};
  };
  if (!aggregate) aggregate = fold_of_stream(recorded.stream);
  if (!aggregate) return damaged("no aggregate has such a stream");
  if (recorded.version != version + 1)
    return damaged(fmt::format("version {} follows version {}", recorded.version, version));
  if (!aggregate->apply(recorded.event)) return damaged("it doesn't fit what came before");
  if (version == 0) {
    first_position = recorded.position;
    first_time = recorded.time;
  }
  version = recorded.version;
  last_position = recorded.position;
  last_time = recorded.time;
  return std::nullopt;
}

boost::json::object ResourceState::json() const {
  return {{"phase", aggregate->phase()},
          {"ended", aggregate->has_ended()},
          {"version", version},
          {"first_position", first_position},
          {"last_position", last_position},
          {"first_time", rfc3339(first_time)},
          {"last_time", rfc3339(last_time)},
          {"fields", aggregate->fields()}};
}

boost::system::result<ResourceState, LogDamage> resource_at(const EventLog& log,
                                                            std::string_view stream,
                                                            Position position) {
  ResourceState state;
  RecordedEvent recorded;
  std::optional<LogDamage> damage;
  const auto read = log.read_stream(stream, 1, [&](const StoredEvent& stored) {
    if (stored.position > position) return false;
    damage = record_checked(stored, recorded);
    if (!damage) damage = state.apply(recorded);
    return !damage;
  });
  if (!read) return read.error();
  if (damage) return *std::move(damage);
  return {boost::system::in_place_value, std::move(state)};
}

}  // namespace orrery
