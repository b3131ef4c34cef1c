#include "http/aifactory/prompt_request.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/aifactory/request_body.hpp"

namespace orrery::aifactory {

namespace {

namespace dom = simdjson::dom;

FieldProblem wrong_type(std::string_view field, std::string_view type, std::string_view message,
                        dom::element element) {
  return {
      std::string(type), {"body", std::string(field)}, std::string(message), input_text(element)};
}

/// The field's value; nothing where it is absent or null.
std::optional<dom::element> field_of(dom::object object, std::string_view name) {
  dom::element element;
  if (object[name].get(element) != simdjson::SUCCESS || element.is_null()) return std::nullopt;
  return element;
}

/// Puts the field into `text`, where it is there; the problem where it is no string.
std::optional<FieldProblem> read_text(dom::object object, std::string_view name,
                                      std::string& text) {
  const auto element = field_of(object, name);
  if (!element) return std::nullopt;
  std::string_view value;
  if (element->get(value) != simdjson::SUCCESS)
    return wrong_type(name, "string_type", "Input should be a valid string", *element);
  text = value;
  return std::nullopt;
}

std::optional<FieldProblem> read_number(dom::object object, std::string_view name, bool is_whole,
                                        std::string& text) {
  const auto element = field_of(object, name);
  if (!element) return std::nullopt;
  if (is_whole && !element->is_int64() && !element->is_uint64())
    return wrong_type(name, "int_type", "Input should be a valid integer", *element);
  if (!element->is_number())
    return wrong_type(name, "float_type", "Input should be a valid number", *element);
  text = simdjson::minify(*element);
  return std::nullopt;
}

std::string quoted_text(const std::string& text) {
  return boost::json::serialize(boost::json::string_view(text));
}

}  // namespace

boost::system::result<PromptRequest, Refusal> read_prompt(const Request& request) {
  const auto object = object_of(request);
  if (!object) return object.error();
  PromptRequest read;
  std::vector<FieldProblem> problems;
  const auto note = [&](std::optional<FieldProblem> problem) {
    if (problem) problems.push_back(*std::move(problem));
  };
  note(read_text(*object, "prompt", read.prompt));
  if (problems.empty() && read.prompt.empty()) return error(400, "Prompt is required");
  note(read_text(*object, "model", read.model));
  note(read_number(*object, "max_tokens", true, read.max_tokens));
  note(read_number(*object, "temperature", false, read.temperature));
  if (!problems.empty()) return Refusal{422, {}, std::move(problems)};
  return read;
}

std::string completion_body(const PromptRequest& prompt, const std::string& model,
                            CompletionForm form) {
  const auto text = quoted_text(prompt.prompt);
  const auto asked = form == CompletionForm::chat
                         ? fmt::format(R"("messages":[{{"role":"user","content":{}}}])", text)
                         : fmt::format(R"("prompt":{})", text);
  return fmt::format(R"({{"model":{},{},"max_tokens":{},"temperature":{}}})", quoted_text(model),
                     asked, prompt.max_tokens, prompt.temperature);
}

}  // namespace orrery::aifactory
