#include "actors/quota/quota.hpp"

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/metering/metering_view.hpp"
#include "projections/quotas/quota_view.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

constexpr std::int64_t count_max = 1'000'000'000;

template <class Number>
boost::json::value or_null(const std::optional<Number>& number) {
  return number ? boost::json::value(*number) : nullptr;
}

boost::json::object limits_json(const ProjectLimits& limits) {
  boost::json::object gpus;
  for (const auto& [model, count] : limits.gpus) gpus[model] = count;
  const auto money = limits.month_micro_usd
                         ? boost::json::value(micro_usd_text(*limits.month_micro_usd))
                         : nullptr;
  return {{"gpus", std::move(gpus)},
          {"vms", or_null(limits.vms)},
          {"disks", or_null(limits.disks)},
          {"disk_gib", or_null(limits.disk_gib)},
          {"month_usd", money}};
}

boost::json::object use_json(const Call& call, const std::string& project_id, const QuotaUse& use) {
  boost::json::object gpus;
  for (const auto& [model, count] : use.gpus) gpus[model] = count;
  const auto now = call->context().clock->now();
  const auto spent =
      call->context().metering->spent_micro_usd(project_id, first_of_month(now), now);
  return {{"gpus", std::move(gpus)},
          {"vms", use.vms},
          {"disks", use.disks},
          {"disk_gib", use.disk_gib},
          {"month_usd", micro_usd_text(spent)}};
}

void show(const Call& call) {
  const auto id = call->parameter(0);
  const auto quota = call->context().quotas->of(id);
  call->answer({{"project_id", id},
                {"limits", limits_json(quota.limits)},
                {"use", use_json(call, id, quota.use)}});
}

std::map<std::string, std::uint32_t> read_gpus(JsonFields& fields) {
  std::map<std::string, std::uint32_t> gpus;
  auto models = fields.optional_object("gpus");
  if (!models) return gpus;
  for (const auto& model : models->names())
    if (const auto count = models->optional_integer(model, 0, count_max))
      gpus[std::string(model)] = static_cast<std::uint32_t>(*count);
  return gpus;
}

ProjectLimits read_limits(JsonFields& fields) {
  ProjectLimits limits;
  limits.gpus = read_gpus(fields);
  if (const auto vms = fields.optional_integer("vms", 0, count_max))
    limits.vms = static_cast<std::uint32_t>(*vms);
  if (const auto disks = fields.optional_integer("disks", 0, count_max))
    limits.disks = static_cast<std::uint32_t>(*disks);
  if (const auto gib = fields.optional_integer("disk_gib", 0, 1'000'000'000'000))
    limits.disk_gib = static_cast<std::uint64_t>(*gib);
  limits.month_micro_usd = read_usd(fields, "month_usd");
  return limits;
}

/// The limits as a whole: what isn't named isn't limited any more.
void set(const Call& call) {
  with_body(call, read_limits, [&](ProjectLimits limits) {
    order<Quota>(call, call->parameter(0), Quota::Set{std::move(limits)}, [call] { show(call); });
  });
}

}  // namespace

void add_quotas(AdminRoutes& routes) {
  constexpr std::string_view quota = "/orrery/v1/projects/{project_id}/quota";
  routes.add(Method::get, quota, AdminAction::see_quota, show);
  routes.add(Method::put, quota, AdminAction::set_quota, set);
}

}  // namespace orrery::admin
