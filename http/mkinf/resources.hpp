#pragma once

#include "http/mkinf/route_table.hpp"

namespace orrery::mkinf {

/// One function a resource; each adds the routes of its document section (one file each).
void add_root(Routes& routes);
void add_auth_token(Routes& routes);
void add_organizations(Routes& routes);
void add_billing(Routes& routes);
void add_projects(Routes& routes);
void add_availabilities(Routes& routes);
void add_specs(Routes& routes);
void add_images(Routes& routes);
void add_locations(Routes& routes);
/// With all that follows.
void add_vms(Routes& routes);
void add_vm_creation(Routes& routes);
void add_vm_changes(Routes& routes);
void add_disks(Routes& routes);
void add_networks(Routes& routes);
void add_subnets(Routes& routes);
void add_firewall_rules(Routes& routes);
/// The operations of every collection.
void add_operations(Routes& routes);
void add_usage(Routes& routes);

}  // namespace orrery::mkinf
