#include "http/aifactory/routes.hpp"

#include "http/aifactory/resources.hpp"

namespace orrery {

void add_aifactory_routes(Router& router, AifactoryContext given) {
  aifactory::Routes routes(router, std::make_shared<const AifactoryContext>(std::move(given)));
  aifactory::add_pages(routes);
  aifactory::add_services(routes);
  aifactory::add_service_creation(routes);
  aifactory::add_service_ends(routes);
  aifactory::add_service_groups(routes);
  aifactory::add_service_metrics(routes);
  aifactory::add_recipes(routes);
  aifactory::add_vllm_services(routes);
  aifactory::add_vllm_models(routes);
  aifactory::add_vllm_prompt(routes);
  aifactory::add_pass_through(routes);
  routes.add_fallbacks();
}

}  // namespace orrery
