#include "http/mkinf/usage_request.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "http/mkinf/list_query.hpp"

namespace orrery::mkinf {

namespace {

using std::chrono::sys_days;

/// Digits only, all of them.
std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

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

std::optional<sys_days> read_date(std::string_view text) {
  if (text.size() != 10 || text[7] != '-') return std::nullopt;
  const auto month = read_month(text.substr(0, 7));
  const auto day = number(text.substr(8));
  if (!month || !day) return std::nullopt;
  const std::chrono::year_month_day first(*month);
  const std::chrono::year_month_day date(first.year(), first.month(), std::chrono::day(*day));
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::optional<sys_days> read_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5));
  if (!year || !month) return std::nullopt;
  const std::chrono::year_month_day first(std::chrono::year(static_cast<int>(*year)),
                                          std::chrono::month(*month), std::chrono::day(1));
  if (!first.ok()) return std::nullopt;
  return sys_days(first);
}

}  // namespace orrery::mkinf
