#include "http/aifactory/prompt_call.hpp"

#include <utility>

#include "http/aifactory/answers.hpp"
#include "http/aifactory/model_traffic.hpp"
#include "storage/clock.hpp"

namespace orrery::aifactory {

PromptCall::PromptCall(Context context, ModelServers servers, PromptRequest prompt, Reply reply)
    : context_(std::move(context)),
      servers_(std::move(servers)),
      prompt_(std::move(prompt)),
      reply_(std::move(reply)) {}

void PromptCall::ask_replica() {
  model_is_remembered_ = false;
  if (!prompt_.model.empty()) {
    model_ = prompt_.model;
    return ask_completion(CompletionForm::chat);
  }
  const auto fence = service().placement ? service().placement->fence : 0;
  auto remembered = context_->traffic->model_of(service().id, fence, context_->clock->now());
  if (!remembered) return ask_models();
  model_ = *std::move(remembered);
  model_is_remembered_ = true;
  ask_completion(CompletionForm::chat);
}

void PromptCall::ask_models() { ask("/v1/models", std::nullopt, &PromptCall::on_models); }

void PromptCall::on_models(UpstreamAnswer given) {
  if (given.status != 200) {
    if (is_replicas_fault(given.status) && fail_over("the model server isn't ready")) return;
    return answer(prompt_refused(service(), given, CompletionForm::chat));
  }
  const auto models = read_models(given.body);
  if (!models || models->empty())
    return answer(prompt_without_choices(service(), given.body, CompletionForm::chat));
  model_ = models->front();
  const auto fence = service().placement ? service().placement->fence : 0;
  context_->traffic->remember_model(service().id, fence, model_, context_->clock->now());
  ask_completion(CompletionForm::chat);
}

void PromptCall::ask_completion(CompletionForm form) {
  form_ = form;
  ask(form == CompletionForm::chat ? "/v1/chat/completions" : "/v1/completions",
      completion_body(prompt_, model_, form), &PromptCall::on_completion);
}

void PromptCall::on_completion(UpstreamAnswer given) {
  if (given.status == 404 && model_is_remembered_) {
    // It serves another one by now.
    context_->traffic->forget_model(service().id);
    model_is_remembered_ = false;
    return ask_models();
  }
  if (given.status == 400 && form_ == CompletionForm::chat && mentions_chat_template(given.body))
    return ask_completion(CompletionForm::completions);
  if (given.status != 200) {
    if (is_replicas_fault(given.status) && fail_over("the model server isn't ready")) return;
    return answer(prompt_refused(service(), given, form_));
  }
  const auto completion = read_completion(given.body, form_);
  if (!completion || !completion->text)
    return answer(prompt_without_choices(service(), given.body, form_));
  answer(prompt_success(service(), *completion, form_));
}

void PromptCall::ask(std::string path, std::optional<std::string> body, Step step) {
  UpstreamRequest request;
  request.path = std::move(path);
  request.body = std::move(body);
  request.is_wanted = [reply = reply_] { return reply.is_wanted(); };
  context_->upstream->ask(replica().target, std::move(request),
                          [self = shared_from_this(), step](UpstreamResult result) {
                            if (result && result->stream)
                              result = UpstreamFault{UpstreamProblem::malformed,
                                                     "The model server answers with a stream"};
                            if (!result) return self->answer_fault(result.error());
                            ((*self).*step)(*std::move(result));
                          });
}

void PromptCall::answer_fault(const UpstreamFault& fault) {
  context_->traffic->forget_model(service().id);
  if (is_replicas_fault(fault.problem)) {
    context_->traffic->suspect(service().id, context_->clock->now());
    if (fail_over(fault.message)) return;
  }
  answer(prompt_fault(service(), fault));
}

bool PromptCall::fail_over(std::string problem) {
  if (servers_.group_id.empty()) return false;
  attempts_.push_back({service().id, std::move(problem)});
  if (++index_ < servers_.ready.size()) {
    ask_replica();
  } else {
    reply_(ok(prompt_all_failed(servers_.group_id, servers_.services, attempts_)));
  }
  return true;
}

void PromptCall::answer(boost::json::object body) {
  if (!servers_.group_id.empty()) {
    body["routed_to"] = service().id;
    body["group_id"] = servers_.group_id;
  }
  reply_(ok(std::move(body)));
}

}  // namespace orrery::aifactory
