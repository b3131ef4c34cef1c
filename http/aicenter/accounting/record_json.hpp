#pragma once

#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "events/batch_policy_events.hpp"
#include "http/aicenter/accounting/associations.hpp"
#include "http/aicenter/context.hpp"

namespace orrery::aicenter {

/// What v0.0.38 of the accounting shows, all of it: the same keys in the same order.
boost::json::array accounts_json(const AicenterContext& context,
                                 const std::vector<Association>& associations);
boost::json::array users_json(const AicenterContext& context,
                              const std::vector<Association>& associations);
boost::json::array qos_json(const BatchPolicy& policy);
boost::json::array clusters_json(const AicenterContext& context);

}  // namespace orrery::aicenter
