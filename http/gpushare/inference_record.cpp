#include "http/gpushare/inference_record.hpp"

#include <utility>

#include <fmt/format.h>

#include "http/gpushare/rows.hpp"
#include "projections/clients/client_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace json = boost::json;

namespace {

/// In characters; longer names of models are mistakes.
constexpr std::size_t model_size_max = 255;

/// Nothing where the client was erased.
std::optional<json::value> answer_text(const GpushareContext& context,
                                       const InferenceDetails& inference) {
  if (inference.status == InferenceStatus::waiting) return json::value(nullptr);
  auto text = opened(context, inference.answer);
  if (!text) return std::nullopt;
  if (inference.status == InferenceStatus::answered)
    return text->is_null() ? json::value("") : *std::move(text);
  const auto problem = fmt::format("Error: {}", inference.message);
  if (text->is_null() || text->get_string().empty()) return json::value(problem);
  text->get_string().append("\n\n").append(problem);
  return text;
}

}  // namespace

InferenceWords read_inference(const GpushareContext& context, Operation operation,
                              const Caller& caller, Fields& fields) {
  InferenceWords words;
  auto client = fields.row("client", nameable_clients(context, operation, caller));
  auto question = fields.text("question_text");
  auto model = fields.text("desired_model", required, {.size_max = model_size_max});
  if (client) words.client_id = *std::move(client.value);
  if (question) words.question = *std::move(question.value);
  if (model) words.model = *std::move(model.value);
  return words;
}

std::optional<json::object> inference_json(const GpushareContext& context,
                                           const InferenceDetails& inference) {
  const auto client = context.clients->find(inference.client_id);
  if (!client) return std::nullopt;
  const auto username = opened(context, client->names.username);
  const auto question = opened(context, inference.question);
  const auto text = answer_text(context, inference);
  if (!username || !question || !text) return std::nullopt;
  return json::object{{"id", number_json(inference.id)},
                      {"client", number_json(inference.client_id)},
                      {"client_username", *username},
                      {"question_text", *question},
                      {"answer_text", *text},
                      {"desired_model", inference.model},
                      {"created_at", time_text(inference.asked_at)}};
}

}  // namespace orrery::gpushare
