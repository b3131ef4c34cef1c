#include "http/json/json_fields.hpp"

#include <fmt/format.h>

namespace orrery {

void JsonFields::refuse(std::string_view name, std::string_view message) {
  if (!problem_) problem_ = fmt::format("{} {}", name, message);
}

std::optional<std::string_view> JsonFields::optional_string(std::string_view name,
                                                            std::size_t size_max) {
  simdjson::dom::element element;
  if (object_.at_key(name).get(element) != simdjson::SUCCESS || element.is_null())
    return std::nullopt;
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) {
    refuse(name, "must be a string");
    return std::nullopt;
  }
  if (text.size() > size_max) {
    refuse(name, fmt::format("must have at most {} bytes", size_max));
    return std::nullopt;
  }
  return text;
}

std::string_view JsonFields::required_string(std::string_view name, std::size_t size_max) {
  const auto text = optional_string(name, size_max);
  if (!text) refuse(name, "is required");  // A wrong type or size has been refused before.
  if (text && text->empty()) refuse(name, "must not be empty");
  return text.value_or(std::string_view{});
}

}  // namespace orrery
