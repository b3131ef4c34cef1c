#pragma once

#include <string_view>

#include "http/aicenter/route_table.hpp"
#include "http/json/json_fields.hpp"

namespace orrery::aicenter {

/// One function a resource; each adds its routes (one file each).
void add_applications(Routes& routes);
void add_users(Routes& routes);
void add_user_changes(Routes& routes);
void add_teams(Routes& routes);
void add_notices(Routes& routes);
void add_policy(Routes& routes);
void add_waiting(Routes& routes);
void add_job_mails(Routes& routes);
void add_job_requeue(Routes& routes);
void add_tokens(Routes& routes);

/// Refuses the field "name" where it is no login name, or one that nobody may have.
void check_login_name(std::string_view name, JsonFields& fields);

}  // namespace orrery::aicenter
