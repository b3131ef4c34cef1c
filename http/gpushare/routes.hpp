#pragma once

#include "http/gpushare/context.hpp"

namespace orrery {

class Router;

/// Serves everything below /client, /gpu, /inference and /llm_models as the GPU-sharing API
/// documents it (docs/api/gpushare.md). The context is copied; what it points to must outlive the
/// router.
void add_gpushare_routes(Router& router, GpushareContext context);

}  // namespace orrery
