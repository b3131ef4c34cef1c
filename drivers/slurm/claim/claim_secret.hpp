#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// What the job of an attempt shows when it claims: 32 random bytes as lower-case hex.
std::string draw_claim_secret();

/// What the log holds of a secret: the 32 bytes of its SHA-256.
std::string digest_of_claim_secret(std::string_view secret);

}  // namespace orrery
