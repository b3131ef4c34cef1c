#include <fmt/format.h>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/replica_choice.hpp"
#include "http/aifactory/resources.hpp"
#include "http/aifactory/service_json.hpp"

namespace orrery::aifactory {

namespace {

void append_service(std::string& body, const ServiceDetails& service) {
  const auto& specification = service.specification();
  const auto endpoint = endpoint_of(service);
  fmt::format_to(std::back_inserter(body),
                 R"({{"id":{},"name":{},"recipe_name":{},"endpoint":{},"status":"{}"}})",
                 aifactory::json_quoted(service.id), aifactory::json_quoted(specification.name),
                 aifactory::json_quoted(specification.recipe_name),
                 endpoint ? aifactory::json_quoted(*endpoint) : "null", status_name(service));
}

void list(const Context& context, const Request&, const Caller&, const Reply& reply) {
  std::string body = R"({"vllm_services":[)";
  const auto empty_size = body.size();
  for (const auto& service : context->services->list()) {
    if (!is_model_service(*service)) continue;
    if (body.size() > empty_size) body += ',';
    append_service(body, *service);
  }
  body += "]}";
  reply(ok(std::move(body)));
}

}  // namespace

void add_vllm_services(Routes& routes) { routes.add(Method::get, "/vllm/services", list); }

}  // namespace orrery::aifactory
