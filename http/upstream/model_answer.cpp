#include "http/upstream/model_answer.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json/parse.hpp>

#include "http/json/json_body.hpp"

namespace orrery {

namespace {

namespace json = boost::json;

/// Models that one server is believed to serve; the rest is left out.
constexpr std::size_t model_count_max = 1'000;

/// What is looked into: far more than any answer to one prompt.
constexpr std::size_t body_bytes_max = 1024 * 1024;

/// More tolerant than what reads clients' bodies: a number that is too large, or a key that stands
/// twice, spoils only itself. Null where it is no JSON.
json::value parse(std::string_view body) {
  if (body.size() > body_bytes_max) return nullptr;
  json::error_code problem;
  json::parse_options options;
  options.max_depth = json_depth_max;
  auto value = json::parse(json::string_view(body.data(), body.size()), problem, {}, options);
  return problem ? json::value(nullptr) : value;
}

/// The value in a field; null where there is none, or no object.
const json::value* field(const json::value* value, std::string_view name) {
  const auto* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::optional<std::string> text_in(const json::value* value) {
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<std::int64_t> count_in(const json::value* value) {
  const auto* count = value == nullptr ? nullptr : value->if_int64();
  if (count == nullptr || *count < 0) return std::nullopt;
  return *count;
}

}  // namespace

std::optional<std::vector<std::string>> read_models(std::string_view body) {
  const auto answer = parse(body);
  const auto* data = field(&answer, "data");
  if (data == nullptr || !data->is_array()) return std::nullopt;
  std::vector<std::string> models;
  for (const auto& model : data->get_array()) {
    if (models.size() == model_count_max) break;
    auto id = text_in(&model);
    if (!id) id = text_in(field(&model, "id"));
    if (id) models.push_back(*std::move(id));
  }
  return models;
}

std::optional<Completion> read_completion(std::string_view body, CompletionForm form) {
  const auto answer = parse(body);
  if (!answer.is_object()) return std::nullopt;
  Completion completion;
  const auto* choices = field(&answer, "choices");
  if (choices != nullptr && choices->is_array() && !choices->get_array().empty()) {
    const auto* choice = &choices->get_array().front();
    const auto* text = form == CompletionForm::chat ? field(field(choice, "message"), "content")
                                                    : field(choice, "text");
    // Without text a choice may call a function, which nobody has asked for.
    completion.text = text_in(text).value_or("");
  }
  const auto* usage = field(&answer, "usage");
  completion.prompt_tokens = count_in(field(usage, "prompt_tokens"));
  completion.completion_tokens = count_in(field(usage, "completion_tokens"));
  completion.total_tokens = count_in(field(usage, "total_tokens"));
  return completion;
}

bool mentions_chat_template(std::string_view body) {
  const auto answer = parse(body);
  const auto mentions = [](const json::value* value) {
    const auto text = text_in(value);
    return text && boost::algorithm::icontains(*text, "chat template");
  };
  // vLLM put it into `message` before it took over OpenAI's form.
  return mentions(field(&answer, "detail")) ||
         mentions(field(field(&answer, "error"), "message")) || mentions(field(&answer, "message"));
}

}  // namespace orrery
