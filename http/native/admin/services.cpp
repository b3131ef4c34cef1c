#include <algorithm>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/value_from.hpp>

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::admin {
namespace {

std::string_view status_text(ServiceStatus status) {
  return boost::describe::enum_to_string(status, "unknown");
}

boost::json::value number_json(const std::optional<std::uint32_t>& number) {
  return number ? boost::json::value(*number) : boost::json::value(nullptr);
}

boost::json::object resources_json(const ServiceResources& resources) {
  return {{"cpu_count", resources.cpu_count},
          {"memory_mib", resources.memory_mib},
          {"gpu_count", resources.gpu_count},
          {"gpu_model", text_json(resources.gpu_model)},
          {"time_limit_min", resources.time_limit_min}};
}

/// What it has of a node, or had; null where it never had anything.
boost::json::value placement_json(const std::optional<ServicePlaced>& placement) {
  if (!placement) return nullptr;
  return boost::json::object{{"lease_id", placement->lease_id},
                             {"node_id", placement->node_id},
                             {"gpu_indices", boost::json::value_from(placement->gpu_indices)},
                             {"fence", placement->fence}};
}

boost::json::value address_json(const std::optional<ServiceLaunched>& launched) {
  if (!launched) return nullptr;
  return boost::json::object{{"host", launched->host}, {"port", launched->port}};
}

boost::json::value replica_json(const std::optional<ServiceReplica>& replica) {
  if (!replica) return nullptr;
  return boost::json::object{{"group_id", replica->group_id},
                             {"index", replica->index},
                             {"node_index", replica->node_index},
                             {"replica_count", replica->replica_count}};
}

/// With all that its users are not told: where it runs, and why it waits or ended.
boost::json::object service_json(const ServiceDetails& service) {
  const auto& specification = service.specification();
  const auto& ended = service.ended;
  boost::json::array history;
  for (const auto& step : service.history)
    history.push_back({{"status", status_text(step.status)}, {"at", rfc3339_seconds(step.at)}});
  return {{"id", service.id},
          {"name", specification.name},
          {"recipe", specification.recipe},
          {"recipe_version", specification.recipe_version},
          {"cluster", specification.cluster},
          {"status", status_text(service.status)},
          {"reason_code", text_json(service.reason_code)},
          {"reason", text_json(service.reason)},
          {"resources", resources_json(specification.resources)},
          {"placement", placement_json(service.placement)},
          {"address", address_json(service.launched)},
          {"replica", replica_json(service.request->replica)},
          {"exit_code", number_json(ended ? ended->exit_code : std::nullopt)},
          {"signal", number_json(ended ? ended->signal : std::nullopt)},
          {"ended", service.has_ended()},
          {"confirmed", ended && ended->is_confirmed},
          {"created_at", rfc3339_seconds(service.created_at)},
          {"history", std::move(history)}};
}

/// Of a page of services that pass, in the order of creation.
struct Wish {
  std::string_view after;
  std::string_view group_id;
  std::optional<ServiceStatus> status;

  bool passes(const ServiceDetails& service) const {
    const auto& replica = service.request->replica;
    return (!status || service.status == *status) &&
           (group_id.empty() || (replica && replica->group_id == group_id));
  }
};

void answer_page(const Call& call, const Wish& wish, std::size_t limit) {
  const auto all = call->context().services->list();
  auto next = all.begin();
  if (!wish.after.empty()) {
    next = std::ranges::find(all, wish.after, [](const auto& service) { return service->id; });
    if (next == all.end()) return call->wrong(place_wanted);
    ++next;
  }
  std::vector<ServiceView::Service> page;
  for (; next != all.end() && page.size() < limit; ++next)
    if (wish.passes(**next)) page.push_back(*next);
  auto json = listed(page, [](const auto& service) { return service_json(*service); });
  if (page.size() == limit) json["next"] = page.back()->id;
  call->answer(json);
}

void list(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  Wish wish;
  const auto status = call->request().query_parameter("status");
  if (!status.empty()) {
    ServiceStatus wanted{};
    if (!boost::describe::enum_from_string(std::string(status).c_str(), wanted))
      return call->wrong(
          "status must be pending, building, starting, running, completed, failed or cancelled");
    wish.status = wanted;
  }
  const auto after = call->request().query_parameter("after");
  const auto group_id = call->request().query_parameter("group");
  wish.after = after;
  wish.group_id = group_id;
  answer_page(call, wish, *limit);
}

void show(const Call& call) {
  const auto service = call->context().services->find(call->parameter(0));
  if (!service) return call->not_found("service");
  call->answer(service_json(*service));
}

}  // namespace

void add_services(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/services", AdminAction::see_fleet, list);
  routes.add(Method::get, "/orrery/v1/services/{service_id}", AdminAction::see_fleet, show);
}

}  // namespace orrery::admin
