#pragma once

#include "http/gpushare/context.hpp"

namespace orrery {

class Router;

/// GET /orrery/v1/agent/work, POST /orrery/v1/agent/work/{id} and /orrery/v1/agent/heartbeat: what
/// nodes that dial in speak, each with its token as a bearer's.
void add_agent_routes(Router& router, GpushareContext context);

}  // namespace orrery
