#include "http/aifactory/request_body.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>

#include "http/json/json_body.hpp"

namespace orrery::aifactory {

namespace {

constexpr std::size_t input_bytes_max = 4096;
constexpr std::string_view no_object =
    "Input should be a valid dictionary or object to extract fields from";

/// "application/json", or another subtype that says it is JSON; parameters may follow.
bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  constexpr std::string_view application = "application/";
  constexpr std::string_view suffix = "+json";
  if (!boost::beast::iequals(type.substr(0, application.size()), application)) return false;
  type.remove_prefix(application.size());
  return boost::beast::iequals(type, "json") ||
         (type.size() > suffix.size() &&
          boost::beast::iequals(type.substr(type.size() - suffix.size()), suffix));
}

/// How far the body is JSON.
std::size_t place_of_problem(std::string_view body) {
  boost::json::stream_parser parser;
  boost::json::error_code error;
  return parser.write_some(body.data(), body.size(), error);
}

Refusal invalid_json(std::string_view body, const JsonProblem& problem) {
  return unprocessable({"json_invalid",
                        {"body", place_of_problem(body)},
                        "JSON decode error",
                        "{}",
                        boost::json::serialize(boost::json::object{{"error", problem.message}})});
}

/// A body of another content type is only bytes, which are shown where they are text.
std::string bytes_text(std::string_view body) {
  if (body.size() > input_bytes_max || !simdjson::validate_utf8(body.data(), body.size()))
    return "null";
  return boost::json::serialize(boost::json::string_view(body.data(), body.size()));
}

std::string fitting(std::string text) { return text.size() <= input_bytes_max ? text : "null"; }

}  // namespace

std::string input_text(simdjson::dom::element element) {
  return fitting(simdjson::minify(element));
}

std::string input_text(simdjson::dom::object object) { return fitting(simdjson::minify(object)); }

boost::system::result<simdjson::dom::object, Refusal> object_of(const Request& request) {
  const auto body = request.body;
  if (body.empty()) return unprocessable({"missing", {"body"}, "Field required"});
  if (!is_json(request.header("content-type")))
    return unprocessable(
        {"model_attributes_type", {"body"}, std::string(no_object), bytes_text(body)});
  const auto object = parse_json_object(body);
  if (object) return *object;
  // Whatever is JSON, and no object, begins with something else.
  const auto start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || body[start] == '{')
    return invalid_json(body, object.error());
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(body.data(), body.size()).get(element) != simdjson::SUCCESS)
    return invalid_json(body, object.error());
  return unprocessable(
      {"model_attributes_type", {"body"}, std::string(no_object), input_text(element)});
}

}  // namespace orrery::aifactory
