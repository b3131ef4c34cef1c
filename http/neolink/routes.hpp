#pragma once

#include "http/neolink/context.hpp"

namespace orrery {

class Router;

/// Serves everything below /mdc/api/v1 as the NeoLink computing API documents it
/// (docs/api/neolink.md). The context is copied; what it points to must outlive the router.
void add_neolink_routes(Router& router, NeolinkContext context);

}  // namespace orrery
