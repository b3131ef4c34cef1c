#include "http/mkinf/usage_request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "http/json/calendar_date.hpp"
#include "http/mkinf/list_query.hpp"

namespace orrery::mkinf {

namespace {

using std::chrono::sys_days;

/// A parameter's day; `otherwise` where it is absent.
boost::system::result<sys_days, JsonProblem> read_day(const Request& request, std::string_view name,
                                                      sys_days otherwise) {
  const auto text = request.query_parameter(name);
  if (text.empty()) return otherwise;
  const auto day = read_date(text);
  if (!day) return JsonProblem{fmt::format("{} must be a date such as 2024-06-16", name)};
  return *day;
}

}  // namespace

boost::system::result<UsageRequest, JsonProblem> read_usage_request(const Request& request,
                                                                    Time now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto end = read_day(request, "end_date", today);
  if (!end) return end.error();
  const auto start = read_day(request, "start_date", *end - usage_days_max);
  if (!start) return start.error();
  if (*start > *end) return JsonProblem{"start_date must not be after end_date"};
  if (*end - *start > usage_days_max)
    return JsonProblem{
        fmt::format("start_date must be at most {} days before end_date", usage_days_max.count())};
  const auto interval = request.query_parameter("interval");
  if (!interval.empty() && interval != "daily" && interval != "monthly")
    return JsonProblem{"interval must be daily or monthly"};
  UsageRequest usage;
  usage.query.from = *start;
  usage.query.until = std::min(*end, today);
  usage.query.monthly = interval == "monthly";
  usage.projects = filter_words(request, "projects");
  usage.resource_types = filter_words(request, "resource_types");
  usage.regions = filter_words(request, "regions");
  return usage;
}

}  // namespace orrery::mkinf
