#include "http/mkinf/routes.hpp"

#include "http/mkinf/errors.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery {

void add_mkinf_routes(Router& router, MkinfContext given) {
  const mkinf::Context context = std::make_shared<const MkinfContext>(std::move(given));
  mkinf::add_root(router, context);
  mkinf::add_auth_token(router, context);
  mkinf::add_organizations(router, context);
  mkinf::add_billing(router, context);
  mkinf::add_projects(router, context);
  mkinf::add_availabilities(router, context);
  mkinf::add_specs(router, context);
  mkinf::add_images(router, context);
  mkinf::add_locations(router, context);
  mkinf::add_vms(router, context);
  mkinf::add_vm_operations(router, context);
  router.fallback("/v0.1", [](const Request& request, Responder respond) {
    respond(mkinf::from_fault(request.fault));
  });
}

}  // namespace orrery
