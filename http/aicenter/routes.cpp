#include "http/aicenter/routes.hpp"

#include <memory>
#include <utility>

#include "http/aicenter/files/file_routes.hpp"
#include "http/aicenter/resources.hpp"
#include "http/server/router.hpp"

namespace orrery {

void add_aicenter_routes(Router& router, AicenterContext given) {
  aicenter::Routes routes(router, std::make_shared<const AicenterContext>(std::move(given)));
  aicenter::add_jobs(routes);
  aicenter::add_job_submission(routes);
  aicenter::add_job_changes(routes);
  aicenter::add_job_cancellation(routes);
  aicenter::add_cluster(routes);
  aicenter::add_accounting(routes);
  aicenter::add_center(routes);
  if (routes.context()->files != nullptr) aicenter::add_files(routes);
  routes.add_fallbacks();
}

}  // namespace orrery
