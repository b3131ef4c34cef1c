#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "events/center_events.hpp"
#include "http/aicenter/context.hpp"
#include "http/json/json_fields.hpp"
#include "projections/center/center_view.hpp"

namespace orrery {
struct BatchPolicy;
}

namespace orrery::aicenter {

/// Every member; null where the policy, or the team, says.
boost::json::object limits_json(const CenterLimits& limits);
/// Of the member "limits"; without it there are none.
CenterLimits read_limits(JsonFields& fields);

/// "class", "team", "role" and "limits" of a body. What is absent is as in `otherwise`; class and
/// team must be known, and neither may be empty.
CenterGrant read_grant(const AicenterContext& context, const CenterGrant& otherwise,
                       JsonFields& fields);

/// Refuses the field where the policy has no such class, or there is no such team.
void check_class(const AicenterContext& context, std::string_view class_name, JsonFields& fields);
void check_team(const AicenterContext& context, std::string_view team, std::string_view field,
                JsonFields& fields);

/// "none", "operator", "administrator".
std::string_view role_word(CenterRole role);

/// A person with everything that is known of him.
boost::json::object user_json(const AicenterContext& context, const CenterUserDetails& user);

}  // namespace orrery::aicenter
