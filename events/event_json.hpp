#pragma once

#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// An event as people and other programs read it: `orrery log show`, the export, the feed.
/// {"position", "stream", "version", "type", "type_version", "time" (RFC 3339, UTC, microseconds),
/// "actor", "causation", "correlation", "data"}; causation 0 and an empty correlation are left out.
boost::json::object to_json(const RecordedEvent& recorded);

/// The payload alone: members by name, enums by name, a variant as an object with the one member
/// that names the alternative. Bytes that aren't UTF-8 (digests, sealed boxes) as "hex:…".
boost::json::value payload_json(const Event& event);

/// RFC 3339 in UTC with microseconds: "2026-01-31T12:00:00.000001Z".
std::string rfc3339(Time time);

}  // namespace orrery
