#include "sim/simulated_model_server.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/server/server.hpp"
#include "http/upstream/upstream_target.hpp"
#include "sim/simulated_completion.hpp"

namespace orrery {

namespace {

namespace json = boost::json;

constexpr std::string_view host = "127.0.0.1";

Response json_answer(unsigned status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// An error as vLLM has it.
Response refusal(unsigned status, std::string_view type, std::string_view message) {
  const json::object error{
      {"message", message}, {"type", type}, {"param", nullptr}, {"code", status}};
  return json_answer(status, json::serialize(json::object{{"error", error}}));
}

Response no_service() {
  return refusal(503, "ServiceUnavailableError", "The service doesn't serve");
}

Response models(const std::string& model) {
  const json::object entry{
      {"id", model}, {"object", "model"}, {"created", 0}, {"owned_by", "orrery-simulated"}};
  return json_answer(
      200, json::serialize(json::object{{"object", "list"}, {"data", json::array{entry}}}));
}

bool has_chat_template(std::string_view model) {
  constexpr std::array<std::string_view, 4> bases{"gpt2", "openai-community/gpt2", "facebook/opt",
                                                  "opt-"};
  return std::none_of(bases.begin(), bases.end(),
                      [&](std::string_view base) { return model.starts_with(base); });
}

void complete(const Request& request, const std::string& model, bool is_chat,
              const Responder& respond) {
  const auto read = read_simulated_request(request.body, is_chat);
  if (!read) return respond(refusal(400, "BadRequestError", read.error().message));
  if (!read->model.empty() && read->model != model)
    return respond(
        refusal(404, "NotFoundError", fmt::format("The model `{}` does not exist.", read->model)));
  if (is_chat && !has_chat_template(model))
    return respond(refusal(400, "BadRequestError",
                           "As of transformers v4.44, default chat template is no longer allowed, "
                           "so you must provide a chat template if the tokenizer does not define "
                           "one."));
  if (!read->is_streamed) return respond(json_answer(200, simulated_completion(*read, model)));
  Response head;
  head.content_type = "text/event-stream; charset=utf-8";
  respond(std::move(head), simulated_stream(*read, model));
}

}  // namespace

struct SimulatedModelServer::Impl {
  explicit Impl(ModelOf given) : model_of(std::move(given)), server(settings(), router()) {}

  static ServerConfiguration settings() {
    ServerConfiguration configuration;
    configuration.address = host;
    configuration.port = 0;
    configuration.threads = 1;
    return configuration;
  }

  Router router() {
    Router routes;
    // A name with slashes, such as "Qwen/Qwen2.5", needs no route: models are named in bodies.
    routes.add(
        Method::get, "/services/{id}/health", [this](const Request& request, Responder respond) {
          respond(model_of(request.path_parameters[0]) ? json_answer(200, "{}") : no_service());
        });
    routes.add(Method::get, "/services/{id}/v1/models",
               [this](const Request& request, Responder respond) {
                 const auto model = model_of(request.path_parameters[0]);
                 respond(model ? models(*model) : no_service());
               });
    for (const bool is_chat : {false, true})
      routes.add(Method::post,
                 is_chat ? "/services/{id}/v1/chat/completions" : "/services/{id}/v1/completions",
                 [this, is_chat](const Request& request, Responder respond) {
                   const auto model = model_of(request.path_parameters[0]);
                   model ? complete(request, *model, is_chat, respond) : respond(no_service());
                 });
    return routes;
  }

  ModelOf model_of;
  HttpServer server;
};

SimulatedModelServer::SimulatedModelServer(ModelOf model_of)
    : impl_(std::make_unique<Impl>(std::move(model_of))) {}

SimulatedModelServer::~SimulatedModelServer() = default;

void SimulatedModelServer::start() { impl_->server.start(); }

std::uint16_t SimulatedModelServer::port() const { return impl_->server.port(); }

UpstreamTarget SimulatedModelServer::target_of(std::string_view service_id) const {
  return {std::string(host), impl_->server.port(), fmt::format("/services/{}", service_id),
          UpstreamReach::this_host};
}

}  // namespace orrery
