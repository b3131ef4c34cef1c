#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// A parsed and framed request. All views live in the session's buffer until the answer has been
/// given.
struct Request {
  Method method = Method::other;
  /// Decoded path without query, such as "/v0.1/projects".
  std::string_view path;
  /// Raw query without "?", percent-encoded. `query_parameter` decodes one.
  std::string_view query;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
  /// Values of the route's `{placeholders}`, in order of the pattern.
  std::vector<std::string_view> path_parameters;
  /// From `X-Request-Id` where it is sane, else drawn. Becomes the correlation of every event that
  /// follows.
  std::string request_id;

  /// Value of a header, compared without case; empty where absent.
  std::string_view header(std::string_view name) const;
  /// Decoded value of a query parameter; empty where absent.
  std::string query_parameter(std::string_view name) const;
};

/// An answer. `Content-Length`, `Date`, `Server` and `X-Request-Id` are the session's to add.
struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  /// Further headers as (name, value).
  std::vector<std::pair<std::string, std::string>> headers;
  /// A body that a view keeps ready; used instead of `body` where set, and sent without a copy of
  /// its own.
  std::shared_ptr<const std::string> prepared_body;
};

/// Gives the one answer to a request. Callable once, from any thread; dropping it unanswered
/// answers 500.
class Responder;

}  // namespace orrery
