#include <string>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/log_text.hpp"
#include "http/aifactory/resources.hpp"
#include "http/aifactory/service_json.hpp"
#include "projections/services/service_view.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// The value of the gauge for a status; building is a kind of starting.
int status_number(ServiceStatus status) {
  switch (status) {
    case ServiceStatus::pending:
      return 0;
    case ServiceStatus::building:
    case ServiceStatus::starting:
      return 1;
    case ServiceStatus::running:
      return 2;
    case ServiceStatus::completed:
      return 3;
    case ServiceStatus::failed:
      return 4;
    case ServiceStatus::cancelled:
      return 5;
  }
  return 6;
}

/// A label's value as Prometheus' text has it. Line breaks would end the sample.
std::string label_text(std::string_view value) {
  std::string text;
  for (const auto letter : value) {
    if (letter == '\\' || letter == '"') text += '\\';
    if (letter == '\n')
      text += "\\n";
    else
      text += letter;
  }
  return text;
}

std::string metrics_of(const ServiceDetails& service) {
  return fmt::format(
      "# HELP service_status_info Status of the service (0=pending, 1=starting, 2=running, "
      "3=completed, 4=failed, 5=cancelled, 6=unknown).\n"
      "# TYPE service_status_info gauge\n"
      "service_status_info{{service_id=\"{}\",recipe_name=\"{}\",status=\"{}\"}} {}\n",
      label_text(service.id), label_text(service.specification().recipe_name), status_name(service),
      status_number(service.status));
}

void show_metrics(const Context& context, const Request& request, const Caller&,
                  const Reply& reply) {
  const auto service = context->services->find(request.path_parameters[0]);
  if (!service) return reply(not_found("Service not found"));
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_of(*service);
  reply(std::move(response));
}

/// What Prometheus is to scrape of one service.
json::object target_json(const ServiceDetails& service) {
  const auto& launched = *service.launched;
  const auto& replica = service.request->replica;
  return {{"targets", json::array{fmt::format("{}:{}", launched.host, launched.port)}},
          {"labels", json::object{{"job", fmt::format("service_{}", service.id)},
                                  {"service_id", service.id},
                                  {"recipe_name", service.specification().recipe_name},
                                  {"group_id", replica ? replica->group_id : ""},
                                  {"replica_id", replica ? std::to_string(replica->index) : ""},
                                  {"node_job_id", service.id}}}};
}

/// Prometheus' HTTP service discovery.
void list_targets(const Context& context, const Request&, const Caller&, const Reply& reply) {
  json::array targets;
  for (const auto& service : context->services->list())
    if (service->status == ServiceStatus::running && endpoint_of(*service))
      targets.push_back(target_json(*service));
  reply(ok(targets));
}

}  // namespace

void add_service_metrics(Routes& routes) {
  routes.add(Method::get, "/services/targets", list_targets);
  routes.add(Method::get, "/services/{service_id}/metrics", show_metrics);
}

}  // namespace orrery::aifactory
