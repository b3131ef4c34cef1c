#include "http/mkinf/routes.hpp"

#include "http/mkinf/resources.hpp"

namespace orrery {

void add_mkinf_routes(Router& router, MkinfContext given) {
  mkinf::Routes routes(router, mkinf::mkinf_surface(),
                       std::make_shared<const MkinfContext>(std::move(given)));
  mkinf::add_root(routes);
  mkinf::add_auth_token(routes);
  mkinf::add_organizations(routes);
  mkinf::add_billing(routes);
  mkinf::add_projects(routes);
  mkinf::add_availabilities(routes);
  mkinf::add_specs(routes);
  mkinf::add_images(routes);
  mkinf::add_locations(routes);
  mkinf::add_vms(routes);
  mkinf::add_disks(routes);
  mkinf::add_networks(routes);
  mkinf::add_subnets(routes);
  mkinf::add_firewall_rules(routes);
  mkinf::add_operations(routes);
  mkinf::add_usage(routes);
  routes.add_fallback();
}

}  // namespace orrery
