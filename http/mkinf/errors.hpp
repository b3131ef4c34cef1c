#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include "http/server/message.hpp"

namespace orrery::mkinf {

/// Why a request gets nothing. A `Reply` puts it into the form of its surface.
struct Refusal {
  unsigned status = 0;
  /// A stable word, such as "not_found".
  std::string code;
  /// A sentence for people.
  std::string message;
  std::vector<std::pair<std::string, std::string>> headers;
};

[[noreturn]] void throw_exception_from_error(const Refusal& refusal,
                                             const boost::source_location& location);

Refusal error(unsigned status, std::string_view code, std::string_view message);

/// 400 with the sentence that names the field or the place.
Refusal bad_request(std::string_view message);

/// 401: no credential, or one that is unknown, expired or revoked; nobody learns which.
Refusal unauthorized();

/// 404: absent or somebody else's; nobody learns which. `what` is "vm", "project" …
Refusal not_found(std::string_view what);

/// 409: what is asked for doesn't go together with the present state, as the sentence says.
Refusal conflict(std::string_view message);

/// 409: the first request under this Idempotency-Key has not been answered yet.
Refusal idempotency_key_in_use();

/// 422: another request had this Idempotency-Key.
Refusal idempotency_key_reused();

/// 503: too many commands are on their way, or the log takes no writes. Retrying later helps.
Refusal unavailable();

}  // namespace orrery::mkinf
