#include "tests/http/openapi/openapi_document.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tests/support/project_folders.hpp"

namespace orrery {

namespace {

namespace json = boost::json;

std::string violations(const json::value& schema_document, const json::value& answer) {
  using Adapter = valijson::adapters::BoostJsonAdapter;
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(Adapter(schema_document), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  validator.validate(schema, Adapter(answer), &results);
  std::string text;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const auto& step : error.context) text += step;
    text += ": " + error.description + "\n";
  }
  return text;
}

const json::value* at(const json::value* value, std::string_view key) {
  if (value == nullptr || !value->is_object()) return nullptr;
  return value->get_object().if_contains(key);
}

}  // namespace

OpenApiDocument::OpenApiDocument(std::string_view path) {
  std::ifstream file(source_folder() / path);
  std::ostringstream text;
  text << file.rdbuf();
  document_ = json::parse(text.str());
}

std::vector<std::string> OpenApiDocument::routes() const {
  std::vector<std::string> routes;
  for (const auto& [path, operations] : document_.at("paths").as_object())
    for (const auto& [method, operation] : operations.as_object())
      routes.push_back(boost::to_upper_copy(std::string(method)) + " " + std::string(path));
  std::sort(routes.begin(), routes.end());
  return routes;
}

std::string OpenApiDocument::problem_with(std::string_view route, unsigned status,
                                          std::string_view content_type,
                                          std::string_view body) const {
  const auto method = boost::to_lower_copy(std::string(route.substr(0, route.find(' '))));
  const auto path = route.substr(route.find(' ') + 1);
  const auto* operation = at(at(at(&document_, "paths"), path), method);
  const auto* response = at(at(operation, "responses"), std::to_string(status));
  if (const auto* reference = at(response, "$ref"))
    response = &document_.at_pointer(reference->as_string().subview(1));
  if (response == nullptr) return std::to_string(status) + " is not described";
  const auto* content = at(response, "content");
  if (content == nullptr) return body.empty() ? "" : "a body is not described";
  const auto* schema = at(at(content, content_type.substr(0, content_type.find(';'))), "schema");
  if (schema == nullptr) return std::string(content_type) + " is not described";
  if (!content_type.starts_with("application/json")) return "";
  // References lead from the root of the document that the validator sees.
  const json::value rooted =
      json::object{{"allOf", json::array(1, *schema)}, {"components", document_.at("components")}};
  return violations(rooted, json::parse(json::string_view(body)));
}

}  // namespace orrery
