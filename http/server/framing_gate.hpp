#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server/message.hpp"

namespace orrery {

/// What stands between the socket and the router against request smuggling: wherever two parsers
/// could read the same bytes as different requests, the answer is 400 and the connection closes.
/// Beast 1.81 alone lets such requests through: folded and repeated headers, `Transfer-Encoding:
/// xchunked`, chunked in HTTP/1.0, no or two `Host`, `Content-Length: 3,3`.

/// Where the head of a request ends.
struct HeadEnd {
  enum class Kind { incomplete, complete, broken };
  Kind kind = Kind::incomplete;
  /// Bytes up to and including the empty line, if complete.
  std::size_t size = 0;
  std::size_t line_count = 0;
};

/// Looks for the end of the head line by line, going on at `scanned`, the end of the last complete
/// line seen before. A line that doesn't end in CR LF, or that continues a header (folding), is
/// broken.
HeadEnd find_head_end(std::string_view bytes, std::size_t& scanned, std::size_t& line_count);

/// Whether a complete head holds a control byte besides its line ends and tabs.
bool has_control_bytes(std::string_view head);

/// How the body of a request is framed.
struct BodyFraming {
  bool chunked = false;
  std::uint64_t content_length = 0;
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue = false;
};

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

/// Judges the headers of a request; a fault where they frame its body ambiguously.
std::pair<std::optional<Fault>, BodyFraming> judge_headers(const Headers& headers, bool http_1_0,
                                                           std::uint64_t body_bytes_max);

}  // namespace orrery
