#pragma once

#include "http/aifactory/context.hpp"

namespace orrery {

class Router;

/// Serves /, /health, /docs, /redoc, /openapi.json and everything below /api/v1 as the AI-factory
/// service API documents it (docs/api/aifactory.md). The context is copied; what it points to must
/// outlive the router.
void add_aifactory_routes(Router& router, AifactoryContext context);

}  // namespace orrery
