#pragma once

#include "http/neolink/route_table.hpp"

namespace orrery::neolink {

/// One function a resource; each adds the routes of its document sections.
void add_regions(Routes& routes);
void add_skus(Routes& routes);
/// Reading them.
void add_instances(Routes& routes);
void add_instance_creation(Routes& routes);
/// On, off, and gone.
void add_instance_changes(Routes& routes);

}  // namespace orrery::neolink
