#pragma once

#include <string_view>

#include "http/server/message.hpp"

namespace orrery::mkinf {

/// `{"status":404,"code":"not_found","message":"…"}`: the one form of every mkinf error.
Response error(unsigned status, std::string_view code, std::string_view message);

/// 400 with the sentence that names the field or the place.
Response bad_request(std::string_view message);

/// 401: no credential, or one that is unknown, expired or revoked; nobody learns which.
Response unauthorized();

/// 404: absent or somebody else's; nobody learns which. `what` is "vm", "project" …
Response not_found(std::string_view what);

/// 503: too many commands are on their way, or the log takes no writes. Retrying later helps.
Response unavailable();

/// What the edge itself refused below /v0.1, in the dialect's form: unknown routes are 501 here.
Response from_fault(const Fault& fault);

}  // namespace orrery::mkinf
