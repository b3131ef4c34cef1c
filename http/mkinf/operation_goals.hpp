#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "events/operation_events.hpp"

namespace orrery::mkinf {

/// What the API calls an operation: `metadata.operation_name`, such as "CREATE", and
/// `metadata.type`, such as "vm".
struct GoalNames {
  std::string_view operation_name;
  std::string_view type;
};
GoalNames names_of(const OperationGoal& goal);

/// `metadata.request`: the request as far as the goal knows it. Of a VM's create without the
/// personal part, which stands sealed in the log only (operation_json.hpp adds it).
boost::json::object request_json(const OperationGoal& goal);

}  // namespace orrery::mkinf
