#include "http/webhooks/cloud_event.hpp"

#include <string>
#include <utility>

#include "events/event_json.hpp"

namespace orrery {

boost::json::object cloud_event(const RecordedEvent& recorded, std::string_view source) {
  auto event = to_json(recorded);
  boost::json::object cloud;
  cloud["specversion"] = "1.0";
  cloud["id"] = std::to_string(recorded.position);
  cloud["source"] = source;
  cloud["type"] = event["type"];
  cloud["subject"] = event["stream"];
  cloud["time"] = event["time"];
  cloud["datacontenttype"] = "application/json";
  // Numbers of the standard have 32 bits: what may grow beyond is text.
  cloud["streamversion"] = std::to_string(recorded.version);
  cloud["typeversion"] = event["type_version"];
  // The standard has no empty texts.
  if (!recorded.origin.actor.empty()) cloud["actor"] = event["actor"];
  if (recorded.origin.causation != 0)
    cloud["causationid"] = std::to_string(recorded.origin.causation);
  if (const auto* correlation = event.if_contains("correlation"))
    cloud["correlationid"] = *correlation;
  cloud["data"] = std::move(event["data"]);
  return cloud;
}

}  // namespace orrery
