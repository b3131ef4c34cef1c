#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"

namespace orrery {
struct ServiceDetails;
}

namespace orrery::aifactory {

/// "pending", "building", "starting", "running", "completed", "failed" or "cancelled".
std::string_view status_name(const ServiceDetails& service);

/// "http://<host>:<port>" once the service is launched, where it listens.
std::optional<std::string> endpoint_of(const ServiceDetails& service);

/// The service of the document as JSON text, key for key and in its order. A replica also says
/// whose it is. Rendered once for each state of a service.
const std::string& service_text(const ServiceDetails& service);

/// The same as it was when it was created: how its create is answered, whenever.
std::string created_service_text(const ServiceDetails& service);

/// A string in JSON, with its quotes.
std::string json_quoted(std::string_view text);

/// "2025-11-21T21:43:50.123456": ISO 8601 in UTC without saying so, as the API has its times.
std::string iso_time(Time time);

}  // namespace orrery::aifactory
