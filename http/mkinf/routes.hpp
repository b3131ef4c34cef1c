#pragma once

#include "http/mkinf/context.hpp"

namespace orrery {

class Router;

/// Serves everything below /v0.1 as the mkinf API documents it (docs/api/mkinf.md). The context is
/// copied; what it points to must outlive the router.
void add_mkinf_routes(Router& router, MkinfContext context);

}  // namespace orrery
