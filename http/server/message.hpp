#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
std::string_view to_string(Method method);

/// Why the edge itself refuses a request, for the fallback of the dialect to put into its own form.
struct Fault {
  /// 400, 404, 405, 408, 411, 413, 414, 431, 501 or 503; 0 in a request that has no fault.
  unsigned status = 0;
  /// A stable word, such as "route_not_found" or "body_too_large".
  std::string_view code;
  /// A sentence for people.
  std::string_view message;
};

/// A parsed and framed request. The request and all its views live until its answer has been given,
/// on whichever thread that happens, even when the client has gone meanwhile.
struct Request {
  Method method = Method::other;
  /// Decoded and normalised path without query, such as "/v0.1/projects". Never holds "." or ".."
  /// segments or a NUL. An encoded slash (%2F) is refused before routing, so each "/" separates.
  std::string_view path;
  /// Raw query without "?", percent-encoded (and checked to be so). `query_parameter` decodes one.
  std::string_view query;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  /// At least 64 readable bytes follow the body, as simdjson wants them: no copy is needed to
  /// parse.
  std::string_view body;
  /// Values of the route's `{placeholders}`, in order of the pattern.
  std::vector<std::string_view> path_parameters;
  /// Address that the connection comes from, in its textual form; empty where that isn't known.
  std::string peer;
  /// From `X-Request-Id` where it is sane, else drawn. Becomes the correlation of every event that
  /// follows.
  std::string request_id;
  /// Set only where the request is handed to a fallback.
  Fault fault;

  /// Value of a header, compared without case; empty where absent. Of a repeated one, the first.
  std::string_view header(std::string_view name) const;
  /// Decoded value of a query parameter ("+" is a space); empty where absent. Of a repeated one,
  /// the first.
  std::string query_parameter(std::string_view name) const;
};

/// An answer. `Content-Length`, `Date`, `Server`, `Connection` and `X-Request-Id` are the session's
/// to add; the body of an answer to HEAD is the session's to leave out.
struct Response {
  unsigned status = 200;
  /// Static text: the view is kept, not the bytes.
  std::string_view content_type = "application/json";
  std::string body;
  /// Further headers as (name, value).
  std::vector<std::pair<std::string, std::string>> headers;
  /// A body that a view keeps ready; used instead of `body` where set, and sent without a copy of
  /// its own.
  std::shared_ptr<const std::string> prepared_body;

  std::string_view payload() const { return prepared_body ? *prepared_body : body; }
};

/// An RFC 9457 problem: what the edge answers where no dialect's fallback is responsible.
Response problem(const Fault& fault);

}  // namespace orrery
