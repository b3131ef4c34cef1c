#pragma once

#include <memory>

#include "http/native/routes.hpp"

namespace orrery {

/// GET /orrery/v1/why, /orrery/v1/why/{kind}/{id}, /orrery/v1/resources/{kind}/{id} and
/// /orrery/v1/diff: how things came about, for operators. Answered from the log, whose events
/// nobody sees before the views have them.
void add_history_routes(Router& router, const std::shared_ptr<const NativeContext>& context);

}  // namespace orrery
