#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/resources.hpp"

namespace orrery::aicenter {

void add_center(Routes& routes) {
  add_applications(routes);
  add_users(routes);
  add_user_changes(routes);
  add_teams(routes);
  add_notices(routes);
  add_policy(routes);
  add_waiting(routes);
  add_job_mails(routes);
  add_job_requeue(routes);
  add_tokens(routes);
}

}  // namespace orrery::aicenter
