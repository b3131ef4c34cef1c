#pragma once

#include "http/aicenter/context.hpp"

namespace orrery {

class Router;

/// Serves everything below /slurm/v0.0.38, /slurmdb/v0.0.38 and /orrery/v1/center, and the kittens,
/// as docs/api/aicenter.md says. The context is copied; what it points to must outlive the router.
void add_aicenter_routes(Router& router, AicenterContext context);

}  // namespace orrery
