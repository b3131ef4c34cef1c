#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/list_query.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/usage_request.hpp"
#include "projections/metering/metering_view.hpp"
#include "storage/clock.hpp"

namespace orrery::mkinf {

namespace {

/// Quantities are written digit by digit, never through floating point.
std::string row_text(const UsageRow& row) {
  const auto words = boost::json::serialize(boost::json::object{
      {"billable_metric", to_string(row.metric)},
      {"date", date_text(row.date)},
      {"project_id", row.project_id},
      {"region", row.location},
      {"reservation_id", row.reservation_id},
      {"resource_type", row.resource_type},
  });
  return fmt::format(R"({{"quantity":{},{})", hours_text(row.unit_seconds), words.substr(1));
}

void answer(const Context& context, UsageRequest usage, const Reply& reply) {
  std::string body = R"({"items":[)";
  for (const auto& row : context->metering->usage(usage.query)) {
    if (!lets_through(usage.resource_types, row.resource_type) ||
        !lets_through(usage.regions, row.location))
      continue;
    if (body.back() != '[') body.push_back(',');
    body += row_text(row);
  }
  body += "]}";
  reply(ok(std::move(body)));
}

void of_organization(const Context& context, const Request& request, const Principal& principal,
                     const Reply& reply) {
  const auto organization_id = request.path_parameters[0];
  if (!context->gate().identity->may_reach_organization(principal, organization_id) ||
      (context->present && !context->identity->organization(organization_id)))
    return reply(not_found("organization"));
  auto usage = read_usage_request(request, context->clock->now());
  if (!usage) return reply(bad_request(usage.error().message));
  for (const auto& project : context->identity->projects_of(principal))
    if (project.organization_id == organization_id && lets_through(usage->projects, project.id) &&
        context->gate().identity->may_reach_project(principal, project.id))
      usage->query.projects.push_back(project.id);
  answer(context, *std::move(usage), reply);
}

void of_project(const Context& context, const Request& request, const Principal&,
                const Reply& reply) {
  auto usage = read_usage_request(request, context->clock->now());
  if (!usage) return reply(bad_request(usage.error().message));
  if (lets_through(usage->projects, request.path_parameters[0]))
    usage->query.projects.emplace_back(request.path_parameters[0]);
  answer(context, *std::move(usage), reply);
}

}  // namespace

void add_usage(Routes& routes) {
  const auto& surface = routes.surface();
  routes.add(Method::get, surface.organization_usage, of_organization);
  if (!surface.project_usage.empty()) routes.add(Method::get, surface.project_usage, of_project);
}

}  // namespace orrery::mkinf
