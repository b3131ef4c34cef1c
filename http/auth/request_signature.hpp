#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"
#include "http/server/message.hpp"

namespace orrery {

/// How far the time of a signed request may be from ours, in either direction.
inline constexpr std::chrono::minutes signature_window{5};

/// What stands after "Bearer" in a signed request: "1.0:<key id>:<signature>". The signature is
/// unpadded base64url of an HMAC-SHA256 over path, sorted query, verb and timestamp, each ended by
/// a line feed.
struct RequestSignature {
  std::string_view key_id;
  std::string_view signature;
};

/// The query as the client sent it and signed it, where `Request::query` is no longer that: added
/// to the request's headers by whoever takes something out. No client can say it itself: names of
/// headers have no colon.
inline constexpr std::string_view query_as_sent = ":query";

/// Nothing where the credential has another form.
std::optional<RequestSignature> read_signature(std::string_view credential);

/// Whether the holder of `secret` (43 characters of base64url, whose 32 bytes are the HMAC's key)
/// signed this request, and `X-Crusoe-Timestamp` lies within the window around `now`. Compares in
/// constant time.
bool is_signed(const Request& request, const RequestSignature& signature, std::string_view secret,
               Time now);

/// The query in the forms that clients sign: its parameters as they were sent, in the order of
/// their bytes; and decoded, ordered by name, and encoded again as Go's `url.Values` and Python's
/// `urlencode` do.
std::string sorted_query(std::string_view query);
std::string canonical_query(std::string_view query);

}  // namespace orrery
