#pragma once

#include "http/mkinf/route_table.hpp"

namespace orrery {

/// What the mkinf API tells as availabilities, as numbers: how many VMs of each type could be
/// created at each location now, one after the other.
void add_capacities(mkinf::Routes& routes);

}  // namespace orrery
