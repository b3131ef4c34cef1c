#include <algorithm>

#include <fmt/format.h>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/log_text.hpp"
#include "http/aifactory/prompt_call.hpp"
#include "http/aifactory/resources.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// Why nobody of them can be asked now.
json::object not_ready(const ModelServers& servers) {
  const auto coming = std::find_if(servers.services.begin(), servers.services.end(),
                                   [](const auto& service) { return is_coming_up(*service); });
  if (coming != servers.services.end()) return prompt_not_ready(**coming);
  if (!servers.group_id.empty()) return prompt_all_failed(servers.group_id, servers.services, {});
  const auto& service = *servers.services.front();
  return prompt_not_available(
      service, service.reason.empty() ? "It can't be reached from here" : service.reason);
}

void prompt(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  auto read = read_prompt(request);
  if (!read) return reply(read.error());
  const auto id = request.path_parameters[0];
  auto servers = model_servers(*context, id);
  if (servers.services.empty())
    return reply(
        error(500, fmt::format("VLLM service {} not found or not running", readable_text(id))));
  if (servers.ready.empty() || context->upstream == nullptr) return reply(ok(not_ready(servers)));
  std::make_shared<PromptCall>(context, std::move(servers), *std::move(read), reply)->start();
}

}  // namespace

void add_vllm_prompt(Routes& routes) {
  routes.add(Method::post, "/vllm/{service_id}/prompt", prompt, ErrorForm::fastapi,
             Patience::long_);
}

}  // namespace orrery::aifactory
