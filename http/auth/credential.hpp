#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/auth/id_source.hpp"

namespace orrery {

/// Secrets that clients carry: access keys, access tokens, refresh tokens. Each is a short readable
/// prefix and 32 random bytes; the log and the views know digests only.

inline constexpr std::string_view access_key_prefix = "mkk_";
inline constexpr std::string_view access_token_prefix = "mka_";
inline constexpr std::string_view refresh_token_prefix = "mkr_";
inline constexpr std::string_view operator_key_prefix = "oop_";
inline constexpr std::string_view namespace_token_prefix = "nlt_";

std::string mint_credential(std::string_view prefix, IdSource& ids);

/// SHA-256, without an allocation: every request takes it. Looking up by digest needs no comparison
/// in constant time: what a client learns about a digest tells nothing about a secret of 256 bits.
std::array<std::uint8_t, 32> credential_digest(std::string_view credential);

/// The same in the form of events.
std::string credential_digest_text(std::string_view credential);

/// What stands after "Bearer" (in any case) in an `Authorization` header; empty where there is
/// none.
std::string_view bearer_credential(std::string_view authorization);

}  // namespace orrery
