#include <algorithm>

#include <fmt/format.h>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/log_text.hpp"
#include "http/aifactory/model_traffic.hpp"
#include "http/aifactory/replica_choice.hpp"
#include "http/aifactory/request_body.hpp"
#include "http/aifactory/resources.hpp"
#include "http/upstream/upstream_client.hpp"
#include "storage/clock.hpp"

namespace orrery::aifactory {

namespace {

/// What a failing model server is for the client of the gateway before it.
Refusal refusal_of(const UpstreamFault& fault) {
  switch (fault.problem) {
    case UpstreamProblem::timed_out:
      return error(504, fault.message);
    case UpstreamProblem::overloaded:
    case UpstreamProblem::cancelled:
      return {503, fault.message, {}, {{"Retry-After", "1"}}};
    default:
      return error(502, fault.message);
  }
}

/// OpenAI's clients take an event with an error for the end of the stream.
std::string fault_event(const UpstreamFault& fault) {
  return fmt::format("data: {}\n\n", refused(refusal_of(fault), ErrorForm::openai).body);
}

/// What may be said further on.
bool can_be_passed(const UpstreamAnswer& answer) {
  const bool has_form = !answer.content_type.empty() || answer.body.empty();
  return has_form && answer.status / 100 != 3;
}

Response passed(const UpstreamAnswer& answer) {
  Response response;
  response.status = answer.status;
  if (!answer.content_type.empty()) response.content_type = answer.content_type;
  return response;
}

/// One request to an OpenAI-compatible server, and its answer as it comes; of a group, one replica
/// after the other until one has begun to answer.
class PassedCall : public std::enable_shared_from_this<PassedCall> {
 public:
  PassedCall(Context context, std::vector<ReadyReplica> replicas, std::string path,
             std::optional<std::string> body, Reply reply)
      : context_(std::move(context)),
        replicas_(std::move(replicas)),
        path_(std::move(path)),
        body_(std::move(body)),
        reply_(std::move(reply)) {}

  void ask() {
    UpstreamRequest request;
    request.path = path_;
    request.body = body_;
    request.is_wanted = [reply = reply_] { return reply.is_wanted(); };
    request.fault_event = fault_event;
    context_->upstream->ask(
        replicas_[index_].target, std::move(request),
        [self = shared_from_this()](UpstreamResult result) { self->on_result(std::move(result)); });
  }

 private:
  void on_result(UpstreamResult result) {
    const bool is_last = index_ + 1 == replicas_.size();
    if (!result) {
      if (!is_replicas_fault(result.error().problem)) return reply_(refusal_of(result.error()));
      context_->traffic->suspect(replicas_[index_].service->id, context_->clock->now());
      return is_last ? reply_(refusal_of(result.error())) : ask_next();
    }
    if (is_replicas_fault(result->status) && !is_last) return ask_next();
    if (!can_be_passed(*result))
      return reply_(error(502, "The model server's answer is of no kind that is passed on"));
    auto response = passed(*result);
    if (!result->stream) {
      response.body = std::move(result->body);
      return reply_(std::move(response));
    }
    response.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
    reply_(std::move(response), std::move(result->stream));
  }

  void ask_next() {
    ++index_;
    ask();
  }

  Context context_;
  std::vector<ReadyReplica> replicas_;
  std::string path_;
  std::optional<std::string> body_;
  Reply reply_;
  std::size_t index_ = 0;
};

Refusal not_ready(const ModelServers& servers, std::string_view id) {
  const auto coming = std::find_if(servers.services.begin(), servers.services.end(),
                                   [](const auto& service) { return is_coming_up(*service); });
  const auto& service = coming == servers.services.end() ? *servers.services.front() : **coming;
  const auto reason = service.reason.empty() ? "." : fmt::format(": {}", service.reason);
  if (coming == servers.services.end())
    return error(503, fmt::format("Service {} takes no requests{}", id, reason));
  return {
      503, fmt::format("Service {} is not ready yet{}", id, reason), {}, {{"Retry-After", "2"}}};
}

void pass(const Context& context, const Request& request, std::string path,
          std::optional<std::string> body, const Reply& reply) {
  const auto id = readable_text(request.path_parameters[0]);
  auto servers = model_servers(*context, request.path_parameters[0]);
  if (servers.services.empty()) return reply(not_found(fmt::format("There is no service {}", id)));
  if (servers.ready.empty() || context->upstream == nullptr) return reply(not_ready(servers, id));
  std::make_shared<PassedCall>(context, std::move(servers.ready), std::move(path), std::move(body),
                               reply)
      ->ask();
}

Handler passing(std::string path) {
  return [path = std::move(path)](const Context& context, const Request& request, const Caller&,
                                  const Reply& reply) {
    if (request.method != Method::post) return pass(context, request, path, std::nullopt, reply);
    // What isn't JSON has no business there; what is goes on as it came.
    if (const auto object = object_of(request); !object) return reply(object.error());
    pass(context, request, path, std::string(request.body), reply);
  };
}

}  // namespace

void add_pass_through(Routes& routes) {
  const auto add = [&](Method method, const std::string& path) {
    routes.add(method, "/vllm/{service_id}" + path, passing(path), ErrorForm::openai,
               Patience::long_);
  };
  add(Method::get, "/v1/models");
  add(Method::post, "/v1/completions");
  add(Method::post, "/v1/chat/completions");
}

}  // namespace orrery::aifactory
