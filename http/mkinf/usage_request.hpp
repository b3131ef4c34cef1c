#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "http/server/message.hpp"
#include "projections/metering/usage.hpp"

namespace orrery::mkinf {

/// One answer has at most this many days.
inline constexpr std::chrono::days usage_days_max{366};

/// What usage is asked for. The query names no projects yet.
struct UsageRequest {
  UsageQuery query;
  /// Filters; an empty one lets everything through.
  std::vector<std::string> projects;
  std::vector<std::string> resource_types;
  std::vector<std::string> regions;
};

/// The query parameters, as of `now`: days that aren't over yet don't show. Without `start_date` it
/// goes back as far as it may.
boost::system::result<UsageRequest, JsonProblem> read_usage_request(const Request& request,
                                                                    Time now);

}  // namespace orrery::mkinf
