#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/mkinf/context.hpp"
#include "http/mkinf/reply.hpp"
#include "http/server/router.hpp"
#include "projections/identity/identity_view.hpp"

namespace orrery::mkinf {

/// The context as every handler holds it.
using Context = std::shared_ptr<const MkinfContext>;

/// A handler for anybody.
using OpenHandler = std::function<void(const Context&, const Request&, const Reply&)>;

/// A handler that knows who asks.
using PrincipalHandler =
    std::function<void(const Context&, const Request&, const Principal&, const Reply&)>;

/// A handler of what a client may send again under its `Idempotency-Key`.
using ChangeHandler = std::function<void(const Context&, const Request&, const Principal&,
                                         RequestIdentity, const Reply&)>;

/// What a request that starts an operation has been given.
struct Starting {
  std::string operation_id;
  /// Draw from its `ids` what else the operation needs, in a fixed order.
  RequestIdentity identity;
};
using StartHandler =
    std::function<void(const Context&, const Request&, const Principal&, Starting, const Reply&)>;

/// Whose credential or signature the request carries; null where it is missing, unknown, revoked
/// or expired.
std::shared_ptr<const Principal> principal_of(const MkinfContext& context, const Surface& surface,
                                              const Request& request);

/// 400 or 409.
Refusal refusal_of(KeyProblem problem);

/// Adds routes to the router for one surface. Everything but `add_open` answers 401 to who brings
/// no good credential; where the pattern's first placeholder is {project_id}, who may not reach the
/// project gets the 404 of one that doesn't exist.
class Routes {
 public:
  Routes(Router& router, const Surface& surface, Context context)
      : router_(router), surface_(surface), context_(std::move(context)) {}

  const Surface& surface() const { return surface_; }
  const Context& context() const { return context_; }

  void add_open(Method method, std::string_view pattern, OpenHandler handler);

  void add(Method method, std::string_view pattern, PrincipalHandler handler);

  /// For POSTs that are done when they are answered. 400 for a malformed key, 409 while the first
  /// request with it is on its way. The handler draws all ids and secrets from the identity; where
  /// its aggregate refuses them as different from what exists, that is a key used for something
  /// else before: `idempotency_key_reused`.
  void add_change(Method method, std::string_view pattern, ChangeHandler handler);

  /// For requests that start an operation. As `add_change`; and what was sent before under the same
  /// key gets the first answer again without asking the handler, or 422 where it was another
  /// request. The pattern must have {project_id}.
  void add_start(Method method, std::string_view pattern, StartHandler handler);

  /// For requests that start many operations, which the handler recognises by itself when they come
  /// again. They share their keys with those of `add_start`, and draw the id of their first
  /// operation first.
  void add_starts(Method method, std::string_view pattern, ChangeHandler handler);

  /// Answers whatever no route does below the surface's root, and what the edge itself refuses
  /// there.
  void add_fallback();

 private:
  Router& router_;
  const Surface& surface_;
  Context context_;
};

}  // namespace orrery::mkinf
