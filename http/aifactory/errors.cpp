#include "http/aifactory/errors.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// Many parsers stop at 32 levels, and an answer has some of its own around this.
constexpr std::size_t input_depth_max = 24;

/// Nothing where it is no JSON text, or one that is nested too deep for an answer.
json::value value_of(const std::string& text) {
  json::error_code problem;
  json::parse_options options;
  options.max_depth = input_depth_max;
  auto value = json::parse(text, problem, {}, options);
  return problem ? json::value(nullptr) : value;
}

json::object problem_json(const FieldProblem& problem) {
  json::array location;
  for (const auto& step : problem.location)
    std::visit([&](const auto& name) { location.emplace_back(name); }, step);
  json::object described{{"type", problem.type},
                         {"loc", std::move(location)},
                         {"msg", problem.message},
                         {"input", value_of(problem.input)}};
  if (!problem.context.empty()) described["ctx"] = value_of(problem.context);
  return described;
}

json::object fastapi_json(const Refusal& refusal) {
  if (refusal.problems.empty()) return {{"detail", refusal.message}};
  json::array problems;
  for (const auto& problem : refusal.problems) problems.push_back(problem_json(problem));
  return {{"detail", std::move(problems)}};
}

/// "recipe_name: Field required": a problem in one sentence.
std::string sentence_of(const FieldProblem& problem) {
  std::string place;
  for (const auto& step : problem.location)
    if (const auto* name = std::get_if<std::string>(&step); name && *name != "body")
      place += (place.empty() ? "" : ".") + *name;
  return place.empty() ? problem.message : fmt::format("{}: {}", place, problem.message);
}

std::string_view openai_type(unsigned status) {
  if (status == 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

json::object openai_json(const Refusal& refusal) {
  const auto message =
      refusal.problems.empty() ? refusal.message : sentence_of(refusal.problems.front());
  return {{"error", json::object{{"message", message},
                                 {"type", openai_type(refusal.status)},
                                 {"param", nullptr},
                                 {"code", nullptr}}}};
}

}  // namespace

Response refused(const Refusal& refusal, ErrorForm form) {
  Response response;
  response.status = refusal.status;
  response.body =
      json::serialize(form == ErrorForm::openai ? openai_json(refusal) : fastapi_json(refusal));
  response.headers = refusal.headers;
  return response;
}

Refusal error(unsigned status, std::string_view message) { return {status, std::string(message)}; }

Refusal unprocessable(FieldProblem problem) { return {422, {}, {std::move(problem)}}; }

Refusal unauthorized() { return {401, "Not authenticated", {}, {{"WWW-Authenticate", "Bearer"}}}; }

Refusal not_found(std::string_view message) { return error(404, message); }

Refusal refusal_of(KeyProblem problem) {
  if (problem == KeyProblem::malformed) return error(400, key_malformed_sentence);
  return {409,
          "The first request with this Idempotency-Key has not been answered yet",
          {},
          {{"Retry-After", "1"}}};
}

Refusal idempotency_key_reused() {
  return unprocessable({"value_error",
                        {"header", "idempotency-key"},
                        "Idempotency-Key was used for another request before"});
}

Refusal unavailable() {
  return {503, "Nothing can be changed now, try again later", {}, {{"Retry-After", "1"}}};
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error("what was refused was used: " + refusal.message);
}

}  // namespace orrery::aifactory
