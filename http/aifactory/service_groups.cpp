#include <boost/json/object.hpp>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/group_json.hpp"
#include "http/aifactory/resources.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::aifactory {

namespace {

void list(const Context& context, const Request&, const Caller&, const Reply& reply) {
  std::string body = "[";
  for (const auto& group : context->services->groups()) {
    if (body.size() > 1) body += ',';
    body += group_text(*group, context->services->replicas(group->id));
  }
  body += ']';
  reply(ok(std::move(body)));
}

void show(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto group = context->services->find_group(request.path_parameters[0]);
  if (!group) return reply(not_found("Service group not found"));
  reply(ok(group_text(*group, context->services->replicas(group->id))));
}

void show_status(const Context& context, const Request& request, const Caller&,
                 const Reply& reply) {
  const auto group = context->services->find_group(request.path_parameters[0]);
  if (!group) return reply(not_found("Service group not found"));
  const auto health = health_of(context->services->replicas(group->id));
  reply(ok(boost::json::object{{"group_id", group->id},
                               {"overall_status", overall_status(health)},
                               {"total_replicas", health.total},
                               {"healthy_replicas", health.healthy},
                               {"starting_replicas", health.starting},
                               {"pending_replicas", health.pending},
                               {"failed_replicas", health.failed}}));
}

}  // namespace

void add_service_groups(Routes& routes) {
  routes.add(Method::get, "/service-groups", list);
  routes.add(Method::get, "/service-groups/{group_id}", show);
  routes.add(Method::get, "/service-groups/{group_id}/status", show_status);
}

}  // namespace orrery::aifactory
