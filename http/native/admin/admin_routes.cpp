#include "http/native/admin/admin_routes.hpp"

#include <string>
#include <utility>

#include "http/auth/credential.hpp"
#include "http/auth/living_principal.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "storage/clock.hpp"

namespace orrery {
namespace {

constexpr Fault no_credential{401, "bad_credential",
                              "This needs the key of an operator or of an organization, the token "
                              "of a namespace, or a session: Authorization: Bearer <key>."};

Response unauthorized() {
  auto response = problem(no_credential);
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace

void AdminRoutes::add(Method method, std::string_view pattern,
                      std::function<bool(AdminCall&)> admit, Handler handler) {
  router_.add(
      method, pattern,
      [context = context_, admit = std::move(admit), handler = std::move(handler),
       purpose = "admin " + std::string(pattern)](const Request& request, Responder respond) {
        const auto& gate = context->gate();
        auto principal = living_principal(*gate.identity, *gate.clock,
                                          bearer_credential(request.header("authorization")));
        if (!principal) return respond(unauthorized());
        const auto call =
            std::make_shared<AdminCall>(context, request, std::move(principal), respond);
        if (admit(*call) && call->identify_as(purpose)) handler(call);
      });
}

void AdminRoutes::add(Method method, std::string_view pattern, AdminAction action,
                      Handler handler) {
  add(
      method, pattern,
      [action, pattern = std::string(pattern)](AdminCall& call) {
        return call.admit(action, pattern);
      },
      std::move(handler));
}

void AdminRoutes::add_own(Method method, std::string_view pattern, Handler handler) {
  add(
      method, pattern, [](AdminCall&) { return true; }, std::move(handler));
}

void AdminRoutes::add_open(Method method, std::string_view pattern, OpenHandler handler) {
  router_.add(
      method, pattern,
      [context = context_, handler = std::move(handler)](
          const Request& request, Responder respond) { handler(context, request, respond); });
}

void add_admin_routes(Router& router, AdminContext context) {
  AdminRoutes routes(router, std::move(context));
  admin::add_organizations(routes);
  admin::add_projects(routes);
  admin::add_members(routes);
  admin::add_access_keys(routes);
  admin::add_operator_keys(routes);
  admin::add_accounts(routes);
  admin::add_own_account(routes);
  admin::add_quotas(routes);
  admin::add_prices(routes);
  admin::add_reservations(routes);
  admin::add_address_pools(routes);
  admin::add_clusters(routes);
  admin::add_nodes(routes);
  admin::add_simulated_clusters(routes);
  admin::add_slurm(routes);
  admin::add_images(routes);
  admin::add_namespaces(routes);
  admin::add_tokens(routes);
  admin::add_payments(routes);
  admin::add_bills(routes);
  admin::add_stored_things(routes);
  admin::add_catalog(routes);
  admin::add_services(routes);
  admin::add_clients(routes);
  admin::add_shared_nodes(routes);
  admin::add_sharing_usage(routes);
  admin::add_webhooks(routes);
}

}  // namespace orrery
