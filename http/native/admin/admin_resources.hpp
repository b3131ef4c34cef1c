#pragma once

namespace orrery {
class AdminRoutes;
}

namespace orrery::admin {

/// One function a resource; each adds its routes (one file each).
void add_organizations(AdminRoutes& routes);
void add_projects(AdminRoutes& routes);
void add_members(AdminRoutes& routes);
void add_access_keys(AdminRoutes& routes);
void add_operator_keys(AdminRoutes& routes);
void add_accounts(AdminRoutes& routes);
void add_own_account(AdminRoutes& routes);
void add_quotas(AdminRoutes& routes);
void add_prices(AdminRoutes& routes);
void add_reservations(AdminRoutes& routes);
void add_address_pools(AdminRoutes& routes);
void add_clusters(AdminRoutes& routes);
void add_nodes(AdminRoutes& routes);
void add_simulated_clusters(AdminRoutes& routes);
void add_slurm(AdminRoutes& routes);
void add_images(AdminRoutes& routes);
void add_namespaces(AdminRoutes& routes);
void add_tokens(AdminRoutes& routes);
void add_payments(AdminRoutes& routes);
void add_bills(AdminRoutes& routes);
void add_stored_things(AdminRoutes& routes);
void add_catalog(AdminRoutes& routes);
void add_services(AdminRoutes& routes);
void add_clients(AdminRoutes& routes);
void add_shared_nodes(AdminRoutes& routes);
void add_sharing_usage(AdminRoutes& routes);
void add_webhooks(AdminRoutes& routes);

}  // namespace orrery::admin
