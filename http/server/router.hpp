#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/message.hpp"
#include "http/server/responder.hpp"

namespace orrery {

/// Answers a request through the responder, now or later. Called on a session's thread, by several
/// of them at once: it must not block, and what it shares it must guard. One that throws answers
/// 500.
using Handler = std::function<void(const Request&, Responder)>;

/// How long a route's answer may take.
enum class Patience : std::uint8_t {
  /// `Limits::answer_timeout`.
  usual,
  /// `Limits::long_answer_timeout`; a client that goes away meanwhile is noticed, and its responder
  /// is no longer wanted.
  long_,
};

/// Finds the handler of a method and path. A tree of path segments, without regular expressions or
/// allocations on the way. Filled once before the server starts, then only read.
class Router {
 public:
  /// One line of the route table; its index in `routes()` names it in the metrics.
  struct Route {
    Method method = Method::other;
    std::string pattern;
    Patience patience = Patience::usual;
  };

  /// What a path leads to.
  struct Match {
    /// Handler of the route, or the fallback responsible for the path; null where there is none.
    const Handler* handler = nullptr;
    /// Index of the route, or `no_route`.
    std::uint32_t route = no_route;
    /// 0 for a route; 404 or 405 for a fallback.
    unsigned status = 0;
    /// Methods that the path knows, as for `Allow`; empty for 404.
    std::string_view allow;
  };
  static constexpr std::uint32_t no_route = ~0u;

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// `pattern` is a path such as "/v0.1/projects/{project_id}/vms/{vm_id}"; a placeholder fills one
  /// whole segment and never matches an empty one. Literal segments go before placeholders. A
  /// placeholder in the last segment may carry a suffix: "/openapi/{dialect}.json". A GET route
  /// answers HEAD too. Adding the same method and pattern twice is our own bug.
  void add(Method method, std::string_view pattern, Handler handler,
           Patience patience = Patience::usual);

  /// Answers what no route does below `prefix` ("/v0.1" is responsible for "/v0.1" and "/v0.1/…";
  /// "" for all): `Request::fault` says what is wrong, and the handler puts it into its dialect's
  /// form. The longest prefix is asked. `Allow` and `Connection: close` are added by the session.
  void fallback(std::string_view prefix, Handler handler);

  /// Fills `parameters` with the values of the placeholders, as views into `path`.
  Match match(Method method, std::string_view path,
              std::vector<std::string_view>& parameters) const;

  /// The fallback responsible for a path, or null.
  const Handler* fallback_of(std::string_view path) const;

  /// All routes in the order in which they were added.
  const std::vector<Route>& routes() const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<Route> routes_;
  std::vector<std::pair<std::string, Handler>> fallbacks_;
};

}  // namespace orrery
