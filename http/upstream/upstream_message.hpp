#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/assert/source_location.hpp>
#include <boost/describe.hpp>

#include "http/server/response_stream.hpp"

namespace orrery {

/// What kind of failure it is that a server didn't answer, or not to the end.
BOOST_DEFINE_FIXED_ENUM_CLASS(UpstreamProblem, std::uint8_t,
                              /// Its address may not be asked, or its name has none.
                              address_refused,
                              /// Nobody takes connections there.
                              connection_refused,
                              /// It can't be reached, or the connection broke.
                              connection_broken,
                              /// It took too long.
                              timed_out,
                              /// It sent more than we take.
                              too_large,
                              /// It doesn't speak HTTP as we understand it.
                              malformed,
                              /// We have as many connections as we allow ourselves.
                              overloaded,
                              /// Nobody wants the answer any more, or we are stopping.
                              cancelled)

struct UpstreamFault {
  UpstreamProblem problem = UpstreamProblem::connection_broken;
  /// A sentence for people; it names no address.
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const UpstreamFault& fault,
                                             const boost::source_location& location);

/// A question to a server. What is here is all that is sent: no header of anybody's request goes
/// along.
struct UpstreamRequest {
  /// Follows the target's base path, such as "/v1/models".
  std::string path;
  /// JSON. Absent: a GET; else a POST.
  std::optional<std::string> body = {};
  /// Less than the limits' own: for the first byte and for the whole. Zero: theirs.
  std::chrono::milliseconds timeout{0};
  /// Whether somebody still waits; asked a few times a second until an answer is there, on the
  /// client's thread. One that nobody waits for is given up. Empty: always.
  std::function<bool()> is_wanted = {};
  /// What to send at the end of a stream that breaks, as a whole server-sent event. Empty: it just
  /// ends.
  std::function<std::string(const UpstreamFault&)> fault_event = {};
};

/// What a server said.
struct UpstreamAnswer {
  /// 200 to 599.
  unsigned status = 0;
  /// "application/json", "text/event-stream" or "text/plain", as static text ready for a
  /// `Response`; empty for anything else.
  std::string_view content_type;
  /// The whole body; empty where there is a stream.
  std::string body;
  /// Of an answer 200 with server-sent events. Whoever lets go of it ends the exchange.
  std::shared_ptr<ResponseStream> stream;
};

}  // namespace orrery
