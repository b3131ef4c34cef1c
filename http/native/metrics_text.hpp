#pragma once

#include <string>
#include <vector>

#include "http/native/routes.hpp"

namespace orrery {

/// The figures of edge, log, actors and services in Prometheus' text format.
std::string metrics_text(const NativeContext& context, const std::vector<Router::Route>& routes);

}  // namespace orrery
