#pragma once

#include "http/gpushare/route_table.hpp"

namespace orrery::gpushare {

/// One function a resource.
void add_clients(Routes& routes);
void add_gpu_records(Routes& routes);
/// Reading, editing and deleting them.
void add_inference_records(Routes& routes);
/// Asking, streamed or not.
void add_inference_creation(Routes& routes);
/// Which models there are; nodes come, stay and go.
void add_llm_models(Routes& routes);
void add_node_registration(Routes& routes);

}  // namespace orrery::gpushare
