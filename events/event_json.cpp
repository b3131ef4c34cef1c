#include "events/event_json.hpp"

#include <date/date.h>

#include "events/described_json.hpp"

namespace orrery {

namespace json = boost::json;

json::value payload_json(const Event& event) {
  return std::visit([](const auto& payload) { return described::members_json(payload); }, event);
}

std::string rfc3339(Time time) { return date::format("%FT%TZ", time); }

json::object to_json(const RecordedEvent& recorded) {
  json::object object;
  object["position"] = recorded.position;
  object["stream"] = described::text_json(recorded.stream);
  object["version"] = recorded.version;
  object["type"] = name_of(recorded.event);
  object["type_version"] = version_of(recorded.event);
  object["time"] = rfc3339(recorded.time);
  object["actor"] = described::text_json(recorded.origin.actor);
  if (recorded.origin.causation != 0) object["causation"] = recorded.origin.causation;
  if (!recorded.origin.correlation.empty())
    object["correlation"] = described::text_json(recorded.origin.correlation);
  object["data"] = payload_json(recorded.event);
  return object;
}

}  // namespace orrery
