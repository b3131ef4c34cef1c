#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include "http/auth/request_identity.hpp"
#include "http/server/message.hpp"

namespace orrery::neolink {

/// Why a request gets nothing. The API documents no form for it; ours is
/// `{"code":"instance_not_found","message":"There is no instance …"}`.
struct Refusal {
  unsigned status = 0;
  /// A stable word.
  std::string code;
  /// A sentence for people.
  std::string message;
  std::vector<std::pair<std::string, std::string>> headers;
};

[[noreturn]] void throw_exception_from_error(const Refusal& refusal,
                                             const boost::source_location& location);

Response refused(const Refusal& refusal);

Refusal error(unsigned status, std::string_view code, std::string_view message);

/// 400 with the sentence that names the field or parameter.
Refusal bad_request(std::string_view message);

/// 401: no token, or one that is unknown, expired, revoked, or of something else than a namespace;
/// nobody learns which.
Refusal unauthorized();

/// 404: absent or somebody else's; nobody learns which. `kind` is "instance", "cluster" …
Refusal not_found(std::string_view kind, std::string_view name);

/// 400: the body names something that isn't on offer, or isn't the customer's. `kind` as above.
Refusal unknown(std::string_view kind, std::string_view name);

/// 400 or 409.
Refusal refusal_of(KeyProblem problem);

/// 422: another request had this Idempotency-Key.
Refusal idempotency_key_reused();

/// 503: too many commands are on their way, or the log takes no writes. Retrying later helps.
Refusal unavailable();

}  // namespace orrery::neolink
