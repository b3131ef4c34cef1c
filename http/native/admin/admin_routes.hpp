#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "http/native/admin/admin_call.hpp"
#include "http/server/router.hpp"

namespace orrery {

/// Serves the administration below /orrery/v1 (docs/api/native.md). The context is copied; what it
/// points to must outlive the router.
void add_admin_routes(Router& router, AdminContext context);

/// Adds routes for people with a good credential; 401 for the others.
class AdminRoutes {
 public:
  using Handler = std::function<void(const Call&)>;

  AdminRoutes(Router& router, AdminContext context)
      : router_(router), context_(std::make_shared<const AdminContext>(std::move(context))) {}

  /// The handler runs for who may do `action` to the organization or project that the pattern's
  /// first placeholder names ({organization_id}, {project_id}, {namespace_id}), or at all. A POST
  /// is held by its idempotency key.
  void add(Method method, std::string_view pattern, AdminAction action, Handler handler);

  /// Without a table: the handler decides by the principal alone.
  void add_own(Method method, std::string_view pattern, Handler handler);

  /// For others too than who has one of our credentials: the handler looks at it.
  using OpenHandler = std::function<void(const std::shared_ptr<const AdminContext>&, const Request&,
                                         const Responder&)>;
  void add_open(Method method, std::string_view pattern, OpenHandler handler);

 private:
  void add(Method method, std::string_view pattern, std::function<bool(AdminCall&)> admit,
           Handler handler);

  Router& router_;
  std::shared_ptr<const AdminContext> context_;
};

}  // namespace orrery
