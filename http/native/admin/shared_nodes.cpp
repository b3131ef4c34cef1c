#include <algorithm>
#include <optional>

#include <boost/describe/enum_to_string.hpp>

#include "actors/shared_node/shared_node.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "http/gpushare/context.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/runtime/numbered_map.hpp"
#include "projections/sharing/sharing_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object gpu_json(const GpuTelemetry& gpu) {
  return {{"utilization_percent", gpu.utilization_percent},
          {"memory_used_mib", gpu.memory_used_mib},
          {"memory_total_mib", gpu.memory_total_mib},
          {"temperature_c", gpu.temperature_c}};
}

/// Where its server is reached is its owner's to know.
boost::json::object node_json(const GpushareContext& market, const SharedNodeDetails& node) {
  const auto& offer = node.offer;
  const auto node_id = node_id_of_shared(node.id);
  // Heartbeats are no events: as of a past moment there are none.
  std::optional<HeartbeatWatch::Sign> sign;
  if (market.heartbeats) sign = market.heartbeats->sign_of(node_id);
  const auto owner = market.clients->find(offer.client_id);
  boost::json::array gpus;
  if (sign)
    for (const auto& gpu : sign->telemetry) gpus.push_back(gpu_json(gpu));
  return {{"id", node.id},
          {"node_id", node_id},
          {"client_id", offer.client_id},
          {"gpu_record_id", offer.gpu_record_id},
          {"model", offer.model},
          {"served_model", offer.served_model},
          {"reach", boost::describe::enum_to_string(offer.reach, "unknown")},
          {"gpu_model", text_json(offer.gpu_model)},
          {"gpu_count", offer.gpu_count},
          {"cpu_count", offer.cpu_count},
          {"memory_mib", offer.memory_mib},
          {"concurrency", offer.concurrency},
          {"ready", node.is_ready},
          {"cordoned", node.is_cordoned},
          {"approved", owner && owner->is_provider_approved},
          {"last_seen_at", sign ? boost::json::value(rfc3339_seconds(sign->last_seen))
                                : boost::json::value(nullptr)},
          {"gpus", std::move(gpus)},
          {"registered_at", rfc3339_seconds(node.registered_at)}};
}

void list(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  const auto& market = *call->context().gpushare;
  const auto model = call->request().query_parameter("model");
  const auto client_id = call->request().query_parameter("client");
  const auto after = call->request().query_parameter("after");
  const auto all = model.empty() ? market.sharing->nodes() : market.sharing->nodes_with(model);
  auto next = std::ranges::upper_bound(all, std::string_view(after), NumberOrder{},
                                       [](const auto& node) { return std::string_view(node->id); });
  std::vector<SharingView::Node> page;
  for (; next != all.end() && page.size() < *limit; ++next)
    if (client_id.empty() || (*next)->offer.client_id == client_id) page.push_back(*next);
  auto json = listed(page, [&](const auto& node) { return node_json(market, *node); });
  if (page.size() == *limit) json["next"] = page.back()->id;
  call->answer(json);
}

void show(const Call& call) {
  const auto& market = *call->context().gpushare;
  const auto node = market.sharing->node(call->parameter(0));
  if (!node) return call->not_found("shared node");
  call->answer(node_json(market, *node));
}

}  // namespace

void add_shared_nodes(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/shared-nodes", AdminAction::see_fleet, list);
  routes.add(Method::get, "/orrery/v1/shared-nodes/{shared_node_id}", AdminAction::see_fleet, show);
}

}  // namespace orrery::admin
