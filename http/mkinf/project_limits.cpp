#include "http/mkinf/project_limits.hpp"

#include <fmt/format.h>

#include "http/json/timestamp.hpp"
#include "projections/metering/metering_view.hpp"
#include "projections/quotas/quota_view.hpp"
#include "storage/clock.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::int64_t micro_usd_per_cent = 10'000;

/// "12.34", rounded down.
std::string in_usd(std::int64_t micro_usd) {
  const auto cents = micro_usd / micro_usd_per_cent;
  return fmt::format("{}.{:02}", cents / 100, cents % 100);
}

std::optional<Refusal> refusal_of_money(const MkinfContext& context, std::string_view project_id) {
  const auto limit = context.quotas->of(project_id).limits.month_micro_usd;
  if (!limit) return std::nullopt;
  const auto now = context.clock->now();
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const std::chrono::sys_days first{today.year() / today.month() / 1};
  const auto spent = context.metering->spent_micro_usd(project_id, first, now);
  if (spent < *limit) return std::nullopt;
  const auto day_text = rfc3339_seconds(first).substr(0, 10);
  return error(403, quota_exceeded_code,
               fmt::format("The project's quota month_usd is {}: it has used {} since {}, and "
                           "the request would cost more.",
                           in_usd(*limit), in_usd(spent), day_text));
}

}  // namespace

std::optional<Refusal> refusal_of_limits(const MkinfContext& context, std::string_view project_id,
                                         const QuotaDemand& demand) {
  if (const auto exceeded = context.quotas->check(project_id, demand))
    return error(403, quota_exceeded_code, exceeded->message());
  return refusal_of_money(context, project_id);
}

}  // namespace orrery::mkinf
