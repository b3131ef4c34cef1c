#include "http/aifactory/service_request.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

#include "http/aifactory/request_body.hpp"
#include "http/recipes/recipe_book.hpp"

namespace orrery::aifactory {

namespace {

namespace dom = simdjson::dom;

/// What a request asks for that has no `config`.
dom::object empty_object() {
  static thread_local dom::parser parser;
  return parser.parse(std::string_view("{}")).get_object();
}

FieldProblem problem_at(std::string_view field, std::string_view type, std::string message,
                        std::string input, std::string context = {}) {
  return {std::string(type),
          {"body", std::string(field)},
          std::move(message),
          std::move(input),
          std::move(context)};
}

boost::system::result<std::string_view, Refusal> recipe_name_in(dom::object body) {
  constexpr std::string_view field = "recipe_name";
  dom::element element;
  if (body.at_key(field).get(element) != simdjson::SUCCESS)
    return unprocessable(problem_at(field, "missing", "Field required", input_text(body)));
  std::string_view name;
  if (element.get(name) != simdjson::SUCCESS)
    return unprocessable(
        problem_at(field, "string_type", "Input should be a valid string", input_text(element)));
  if (std::all_of(name.begin(), name.end(),
                  [](char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }))
    return unprocessable(problem_at(field, "value_error",
                                    "Value error, recipe_name must not be blank",
                                    input_text(element), R"({"error":{}})"));
  if (name.size() > recipe_name_bytes_max)
    return unprocessable(problem_at(
        field, "string_too_long",
        fmt::format("String should have at most {} characters", recipe_name_bytes_max),
        input_text(element), fmt::format(R"({{"max_length":{}}})", recipe_name_bytes_max)));
  return name;
}

boost::system::result<dom::object, Refusal> config_in(dom::object body) {
  dom::element element;
  if (body.at_key("config").get(element) != simdjson::SUCCESS) return empty_object();
  dom::object config;
  if (element.get(config) == simdjson::SUCCESS) return config;
  return unprocessable(
      problem_at("config", "dict_type", "Input should be a valid dictionary", input_text(element)));
}

Refusal refusal_of(const ConfigProblem& problem) {
  FieldProblem described{problem.type, {"body"}, problem.message, problem.input};
  for (const auto& step : problem.place) described.location.emplace_back(step);
  return unprocessable(std::move(described));
}

}  // namespace

boost::system::result<MergedService, Refusal> read_service_request(RecipeBook& recipes,
                                                                   const Request& request) {
  const auto body = object_of(request);
  if (!body) return body.error();
  const auto name = recipe_name_in(*body);
  if (!name) return name.error();
  const auto config = config_in(*body);
  if (!config) return config.error();
  const auto recipe = recipes.find(*name);
  if (!recipe)
    return error(500, fmt::format("Failed to start service: Recipe '{}' not found", *name));
  auto merged = merge(*recipe, *name, *config);
  if (!merged) return refusal_of(merged.error());
  return *std::move(merged);
}

}  // namespace orrery::aifactory
