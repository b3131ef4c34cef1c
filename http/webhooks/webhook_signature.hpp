#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/auth/id_source.hpp"

namespace orrery {

/// Signatures as Standard Webhooks (standardwebhooks.com, version 1.0.0) has them, so that its
/// libraries check them.

/// "whsec_" and 32 random bytes in base64.
std::string draw_webhook_secret(IdSource& ids);

/// Of one message: "v1," and the HMAC-SHA256 of "<id>.<seconds>.<body>" in base64. Empty where the
/// secret is none.
std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::int64_t timestamp_s, std::string_view body);

}  // namespace orrery
