#include "http/gpushare/routes.hpp"

#include "http/gpushare/resources.hpp"
#include "http/gpushare/sessions.hpp"

namespace orrery {

void add_gpushare_routes(Router& router, GpushareContext given) {
  gpushare::Routes routes(router, std::make_shared<const GpushareContext>(std::move(given)));
  gpushare::add_registration(routes);
  gpushare::add_signing_in(routes);
  gpushare::add_google_sign_in(routes);
  gpushare::add_password_reset(routes);
  gpushare::add_clients(routes);
  gpushare::add_gpu_records(routes);
  gpushare::add_inference_records(routes);
  gpushare::add_inference_creation(routes);
  gpushare::add_llm_models(routes);
  gpushare::add_node_registration(routes);
  routes.add_fallbacks();
}

}  // namespace orrery
