#include "http/neolink/routes.hpp"

#include "http/neolink/resources.hpp"

namespace orrery {

void add_neolink_routes(Router& router, NeolinkContext given) {
  neolink::Routes routes(router, std::make_shared<const NeolinkContext>(std::move(given)));
  neolink::add_regions(routes);
  neolink::add_skus(routes);
  neolink::add_instances(routes);
  neolink::add_instance_creation(routes);
  neolink::add_instance_changes(routes);
  routes.add_fallback();
}

}  // namespace orrery
