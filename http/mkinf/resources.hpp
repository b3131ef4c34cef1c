#pragma once

#include "http/mkinf/access.hpp"
#include "http/server/router.hpp"

namespace orrery::mkinf {

/// One function a resource; each adds the routes of its document section (one file each).
void add_root(Router& router, const Context& context);
void add_auth_token(Router& router, const Context& context);
void add_organizations(Router& router, const Context& context);
void add_billing(Router& router, const Context& context);
void add_projects(Router& router, const Context& context);
void add_availabilities(Router& router, const Context& context);
void add_specs(Router& router, const Context& context);
void add_images(Router& router, const Context& context);
void add_locations(Router& router, const Context& context);
void add_vms(Router& router, const Context& context);
void add_vm_operations(Router& router, const Context& context);

}  // namespace orrery::mkinf
