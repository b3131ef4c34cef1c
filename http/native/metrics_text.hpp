#pragma once

#include <string>
#include <vector>

#include "http/native/routes.hpp"

namespace orrery {

/// The figures of edge, log, actors and services in Prometheus' text format, and for operators
/// those of the fleet.
std::string metrics_text(const NativeContext& context, const std::vector<Router::Route>& routes,
                         bool for_operator);

}  // namespace orrery
