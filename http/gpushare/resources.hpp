#pragma once

#include "http/gpushare/route_table.hpp"

namespace orrery::gpushare {

/// One function a resource.
void add_clients(Routes& routes);
void add_gpu_records(Routes& routes);
/// Reading, editing and deleting them.
void add_inference_records(Routes& routes);

}  // namespace orrery::gpushare
