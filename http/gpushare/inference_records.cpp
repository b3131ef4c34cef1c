#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "actors/inference/inference.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/inference_record.hpp"
#include "http/gpushare/python_text.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/row_turns.hpp"
#include "http/gpushare/rows.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

/// What one answer may hold: rows, and bytes of what is sealed in them.
constexpr std::size_t row_count_max = 1000;
constexpr std::size_t list_bytes_max = 16 * 1024 * 1024;

/// A number of the query; `otherwise` where it says none, as the framework has it.
std::size_t number_in(const Request& request, std::string_view name, std::size_t otherwise) {
  const auto number = integer_of(request.query_parameter(name));
  return number && *number >= 0 ? static_cast<std::size_t>(*number) : otherwise;
}

/// The newest first, as many as fit.
std::vector<InferenceView::Inference> newest(std::vector<InferenceView::Inference> all,
                                             std::size_t offset, std::size_t limit) {
  std::reverse(all.begin(), all.end());
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(offset, all.size())));
  all.resize(std::min({limit, row_count_max, all.size()}));
  std::size_t bytes = 0;
  const auto too_much = std::find_if(all.begin(), all.end(), [&](const auto& inference) {
    return (bytes += inference->question.box.size() + inference->answer.box.size()) >
           list_bytes_max;
  });
  all.erase(too_much, all.end());
  return all;
}

/// In the order of their ids.
void list(const Context& context, const Request& request, const Caller& caller,
          const Reply& reply) {
  const bool sees_all =
      access_to(Operation::inference_list, caller.standing(), Whose::others) == Access::allowed;
  auto found = newest(context->inferences->list(sees_all ? "" : caller.client->id),
                      number_in(request, "offset", 0), number_in(request, "limit", row_count_max));
  std::reverse(found.begin(), found.end());
  json::array shown;
  for (const auto& inference : found)
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

/// What a body makes of a record.
boost::system::result<InferenceChanged, Refusal> read_change(const GpushareContext& context,
                                                             const Request& request,
                                                             Operation operation,
                                                             const Caller& caller,
                                                             const InferenceDetails& before) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body, operation == Operation::inference_partial_update);
  auto words = read_inference(context, operation, caller, fields);
  // What somebody asked is his: under another's key it would outlive him.
  if (!words.client_id.empty() && words.client_id != before.client_id)
    fields.refuse("client", "This field may not be changed.");
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  InferenceChanged change{before.client_id, before.question,
                          words.model.empty() ? before.model : words.model};
  if (words.question.empty()) return change;
  auto question =
      context.subject_keys->seal_known(client_subject(before.client_id), words.question);
  if (!question) return not_found();
  change.question = *std::move(question);
  return change;
}

void edit(Operation operation, const Context& context, const Request& request, const Caller& caller,
          const Reply& reply, const RowTurns::Turn& turn) {
  const auto inference = inference_of(*context, request, operation, caller);
  if (!inference) return reply(not_found());
  auto change = read_change(*context, request, operation, caller, *inference);
  if (!change) return reply(change.error());
  context->gateway->submit<Inference>(
      {inference->id,
       Inference::Change{*std::move(change)},
       Origin{caller.actor(), 0, request.request_id},
       {}},
      [context, reply, turn, id = inference->id](const auto& outcome) {
        if (!outcome) return reply(unavailable());
        if (outcome->rejection == Inference::Rejection::inference_has_not_ended)
          return reply(not_ended_yet());
        show_inference(*context, reply, context->inferences->find(id));
      });
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
  const auto turns = std::make_shared<RowTurns>();
  routes.add(Operation::inference_list, list);
  routes.add(Operation::inference_read, show);
  routes.add(Operation::inference_update,
             in_turn(turns, std::bind_front(edit, Operation::inference_update)));
  routes.add(Operation::inference_partial_update,
             in_turn(turns, std::bind_front(edit, Operation::inference_partial_update)));
  routes.add(Operation::inference_delete, remove);
}

}  // namespace orrery::gpushare
