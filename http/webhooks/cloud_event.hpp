#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "events/envelope.hpp"

namespace orrery {

inline constexpr std::string_view cloud_event_type = "application/cloudevents+json";
inline constexpr std::string_view cloud_event_batch_type = "application/cloudevents-batch+json";

/// An event in the JSON form of CloudEvents 1.0. `id` is its position, `type` its name such as
/// "vm.started", `subject` its stream, `data` its payload. Beyond the standard's own attributes:
/// `streamversion`, `typeversion`, `actor`, and where they are known `causationid` (a position) and
/// `correlationid` (of the request at the beginning). `source` and `id` together name an event in
/// the world.
boost::json::object cloud_event(const RecordedEvent& recorded, std::string_view source);

}  // namespace orrery
