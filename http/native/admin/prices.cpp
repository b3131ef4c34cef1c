#include "actors/price/price.hpp"

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/metering/metering_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object price_json(const PriceInForce& each) {
  return {{"metric", to_string(each.price.metric)},
          {"product", each.price.product},
          {"usd_per_hour", micro_usd_text(each.price.micro_usd_per_hour)},
          {"since", rfc3339_seconds(each.since)}};
}

void list(const Call& call) {
  call->answer(listed(call->context().metering->prices(), price_json));
}

std::optional<UsageMetric> metric_of(std::string_view name) {
  for (const auto metric : {UsageMetric::gpu_hours, UsageMetric::disk_gb_hours})
    if (to_string(metric) == name) return metric;
  return std::nullopt;
}

void show(const Call& call, UsageMetric metric, const std::string& product) {
  for (const auto& each : call->context().metering->prices())
    if (each.price.metric == metric && each.price.product == product)
      return call->answer(price_json(each));
  call->not_found("price");
}

void set(const Call& call) {
  const auto metric = metric_of(call->parameter(0));
  const auto product = call->parameter(1);
  if (!metric) return call->not_found("metric");
  const auto read = [](JsonFields& fields) {
    fields.required_string("usd_per_hour", 64);
    return read_usd(fields, "usd_per_hour").value_or(0);
  };
  with_body(call, read, [&](std::int64_t micro_usd) {
    order<Price>(call, price_id(*metric, product), Price::Change{{*metric, product, micro_usd}},
                 [=] { show(call, *metric, product); });
  });
}

}  // namespace

void add_prices(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/prices", AdminAction::see_prices, list);
  routes.add(Method::put, "/orrery/v1/prices/{metric}/{product}", AdminAction::change_prices, set);
}

}  // namespace orrery::admin
