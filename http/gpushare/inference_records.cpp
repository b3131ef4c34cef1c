#include <utility>

#include <boost/json/array.hpp>

#include "actors/inference/inference.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/inference_record.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/rows.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

void list(const Context& context, const Request&, const Caller& caller, const Reply& reply) {
  const bool sees_all =
      access_to(Operation::inference_list, caller.standing(), Whose::others) == Access::allowed;
  json::array shown;
  for (const auto& inference : context->inferences->list(sees_all ? "" : caller.client->id))
    if (auto one = inference_json(*context, *inference)) shown.emplace_back(*std::move(one));
  reply(answer(200, shown));
}

/// The inference that a path names, where the caller may do this with it.
InferenceView::Inference inference_of(const GpushareContext& context, const Request& request,
                                      Operation operation, const Caller& caller) {
  auto inference = context.inferences->find(row_id(request.path_parameters[0]));
  if (inference && access_to(operation, caller, inference->client_id) == Access::allowed)
    return inference;
  return nullptr;
}

void show_inference(const GpushareContext& context, const Reply& reply,
                    const InferenceView::Inference& inference) {
  const auto shown = inference ? inference_json(context, *inference) : std::nullopt;
  reply(shown ? answer(200, *shown) : refused(not_found()));
}

void show(const Context& context, const Request& request, const Caller& caller,
          const Reply& reply) {
  show_inference(*context, reply,
                 inference_of(*context, request, Operation::inference_read, caller));
}

Refusal not_ended_yet() { return detail(409, "The question has not been answered yet."); }

/// What a body makes of a record; without a question where its client was erased.
boost::system::result<InferenceChanged, Refusal> read_change(const GpushareContext& context,
                                                             const Request& request,
                                                             Operation operation,
                                                             const Caller& caller,
                                                             const InferenceDetails& before) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body, operation == Operation::inference_partial_update);
  auto words = read_inference(context, operation, caller, fields);
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  if (words.client_id.empty()) words.client_id = before.client_id;
  if (words.model.empty()) words.model = before.model;
  // Whoever's it is now, it is his key that it is sealed for.
  if (words.question.empty())
    if (auto question = context.subject_keys->open(before.question))
      words.question = *std::move(question);
  auto question = context.subject_keys->seal_known(client_subject(words.client_id), words.question);
  if (!question) return not_found();
  return InferenceChanged{std::move(words.client_id), *std::move(question), std::move(words.model)};
}

Handler update(Operation operation) {
  return [operation](const Context& context, const Request& request, const Caller& caller,
                     const Reply& reply) {
    const auto inference = inference_of(*context, request, operation, caller);
    if (!inference) return reply(not_found());
    auto change = read_change(*context, request, operation, caller, *inference);
    if (!change) return reply(change.error());
    context->gateway->submit<Inference>(
        {inference->id,
         Inference::Change{*std::move(change)},
         Origin{caller.actor(), 0, request.request_id},
         {}},
        [context, reply, id = inference->id](const auto& outcome) {
          if (!outcome) return reply(unavailable());
          if (outcome->rejection == Inference::Rejection::inference_has_not_ended)
            return reply(not_ended_yet());
          show_inference(*context, reply, context->inferences->find(id));
        });
  };
}

void remove(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  const auto inference = inference_of(*context, request, Operation::inference_delete, caller);
  if (!inference) return reply(not_found());
  context->gateway->submit<Inference>(
      {inference->id, Inference::Delete{}, Origin{caller.actor(), 0, request.request_id}, {}},
      [reply](const auto& outcome) {
        if (!outcome) return reply(unavailable());
        if (outcome->rejection == Inference::Rejection::inference_has_not_ended)
          return reply(not_ended_yet());
        reply(nothing());
      });
}

}  // namespace

void add_inference_records(Routes& routes) {
  routes.add(Operation::inference_list, list);
  routes.add(Operation::inference_read, show);
  routes.add(Operation::inference_update, update(Operation::inference_update));
  routes.add(Operation::inference_partial_update, update(Operation::inference_partial_update));
  routes.add(Operation::inference_delete, remove);
}

}  // namespace orrery::gpushare
