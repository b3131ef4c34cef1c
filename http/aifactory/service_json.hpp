#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace orrery {
struct ServiceDetails;
}

namespace orrery::aifactory {

/// "pending", "building", "starting", "running", "completed", "failed" or "cancelled".
std::string_view status_name(const ServiceDetails& service);

/// "http://<host>:<port>" once the service is launched and listens.
std::optional<std::string> endpoint_of(const ServiceDetails& service);

/// The ServiceResponse of the document, as JSON text, key for key and in its order.
std::string service_text(const ServiceDetails& service);

}  // namespace orrery::aifactory
