#include "http/aifactory/model_answer.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include "http/json/json_body.hpp"

namespace orrery::aifactory {

namespace {

namespace dom = simdjson::dom;

/// Models that one server is believed to serve; the rest is left out.
constexpr std::size_t model_count_max = 1'000;

/// What is looked into: far more than any answer to one prompt.
constexpr std::size_t body_bytes_max = 1024 * 1024;

boost::system::result<dom::object, JsonProblem> parse(std::string_view body) {
  if (body.size() > body_bytes_max) return JsonProblem{"too large"};
  return parse_json_object(body);
}

std::optional<std::int64_t> integer_in(dom::object object, std::string_view name) {
  std::int64_t number = 0;
  if (object[name].get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<std::string> text_of(dom::element choice, CompletionForm form) {
  std::string_view text;
  const auto found = form == CompletionForm::chat ? choice["message"]["content"] : choice["text"];
  // Without text a choice may call a function, which nobody has asked for.
  if (found.get(text) != simdjson::SUCCESS) return std::string();
  return std::string(text);
}

}  // namespace

std::optional<std::vector<std::string>> read_models(std::string_view body) {
  auto object = parse(body);
  dom::array data;
  if (!object || (*object)["data"].get(data) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string> models;
  for (const auto model : data) {
    std::string_view id;
    if (models.size() == model_count_max) break;
    if (model.get(id) == simdjson::SUCCESS || model["id"].get(id) == simdjson::SUCCESS)
      models.emplace_back(id);
  }
  return models;
}

std::optional<Completion> read_completion(std::string_view body, CompletionForm form) {
  auto object = parse(body);
  if (!object) return std::nullopt;
  Completion completion;
  dom::element choice;
  if ((*object)["choices"].at(0).get(choice) == simdjson::SUCCESS)
    completion.text = text_of(choice, form);
  dom::object usage;
  if ((*object)["usage"].get(usage) == simdjson::SUCCESS) {
    completion.prompt_tokens = integer_in(usage, "prompt_tokens");
    completion.completion_tokens = integer_in(usage, "completion_tokens");
    completion.total_tokens = integer_in(usage, "total_tokens");
  }
  return completion;
}

bool mentions_chat_template(std::string_view body) {
  auto object = parse(body);
  if (!object) return false;
  const auto mentions = [](simdjson::simdjson_result<dom::element> found) {
    std::string_view text;
    return found.get(text) == simdjson::SUCCESS &&
           boost::algorithm::icontains(text, "chat template");
  };
  // vLLM put it into `message` before it took over OpenAI's form.
  return mentions((*object)["detail"]) || mentions((*object)["error"]["message"]) ||
         mentions((*object)["message"]);
}

}  // namespace orrery::aifactory
