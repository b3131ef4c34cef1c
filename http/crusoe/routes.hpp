#pragma once

#include "http/mkinf/context.hpp"

namespace orrery {

class Router;

/// Serves the resources of the mkinf API below /v1alpha5 under the names of the Crusoe API
/// (docs/api/crusoe.md). The context is copied; what it points to must outlive the router. Share
/// one context's copy with the mkinf routes, so that idempotency keys are known to both.
void add_crusoe_routes(Router& router, MkinfContext context);

}  // namespace orrery
