#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {
struct ServiceDetails;
class ServiceLogs;
}  // namespace orrery

namespace orrery::aifactory {

/// What a service has written, as the API shows it: a banner for each stream, and why the service
/// waits or has failed; at most so many bytes of each stream. `logs` may be null.
std::string log_text(const ServiceDetails& service, const ServiceLogs* logs, std::size_t bytes_max);

/// The same bytes as UTF-8: what is none is left out.
std::string readable_text(std::string_view bytes);

}  // namespace orrery::aifactory
