#include "http/crusoe/routes.hpp"

#include "http/crusoe/capacities.hpp"
#include "http/crusoe/surface.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery {

void add_crusoe_routes(Router& router, MkinfContext given) {
  mkinf::Routes routes(router, crusoe_surface(),
                       std::make_shared<const MkinfContext>(std::move(given)));
  mkinf::add_organizations(routes);
  mkinf::add_projects(routes);
  add_capacities(routes);
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
