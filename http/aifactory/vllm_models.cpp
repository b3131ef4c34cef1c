#include <boost/json/array.hpp>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/replica_choice.hpp"
#include "http/aifactory/resources.hpp"
#include "http/upstream/model_answer.hpp"
#include "http/upstream/upstream_client.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// Somebody looks at a list of models, and waits for it.
constexpr std::chrono::seconds patience{10};

Response models_answer(const std::vector<std::string>& models) {
  json::array ids(models.begin(), models.end());
  return ok(json::object{{"models", std::move(ids)}});
}

/// Asks one replica after the other; whatever goes wrong, there are no models.
void ask(const Context& context, std::shared_ptr<const ModelServers> servers, std::size_t index,
         const Reply& reply) {
  if (index == servers->ready.size()) return reply(models_answer({}));
  UpstreamRequest request;
  request.path = "/v1/models";
  request.timeout = patience;
  request.is_wanted = [reply] { return reply.is_wanted(); };
  context->upstream->ask(
      servers->ready[index].target, std::move(request), [=](const UpstreamResult& result) {
        if (!result || result->status != 200) return ask(context, servers, index + 1, reply);
        reply(models_answer(read_models(result->body).value_or(std::vector<std::string>())));
      });
}

void list_models(const Context& context, const Request& request, const Caller&,
                 const Reply& reply) {
  auto servers = model_servers(*context, request.path_parameters[0]);
  if (context->upstream == nullptr) servers.ready.clear();
  ask(context, std::make_shared<const ModelServers>(std::move(servers)), 0, reply);
}

}  // namespace

void add_vllm_models(Routes& routes) {
  routes.add(Method::get, "/vllm/{service_id}/models", list_models);
}

}  // namespace orrery::aifactory
