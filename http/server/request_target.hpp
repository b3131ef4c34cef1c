#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/server/message.hpp"

namespace orrery {

/// What a request asks for.
struct RequestTarget {
  /// Decoded, without "." and ".."; "*" for `OPTIONS *`. A view into the target or into `storage`.
  std::string_view path;
  /// Raw, without "?".
  std::string_view query;
};

/// Parses the target of a request line: origin-form, absolute-form (its authority is ignored, as
/// nothing here depends on a host), and "*" for OPTIONS. Nothing for what is malformed or
/// ambiguous: broken percent-encoding, an encoded slash, backslash or NUL, a control byte, a
/// fragment, a path that climbs above its root. Decoded bytes go to `storage` where decoding is
/// needed.
std::optional<RequestTarget> parse_target(std::string_view target, Method method,
                                          std::string& storage);

}  // namespace orrery
