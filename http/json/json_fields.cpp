#include "http/json/json_fields.hpp"

#include <fmt/format.h>

namespace orrery {

namespace dom = simdjson::dom;

void JsonFields::refuse(std::string_view name, std::string_view message) {
  if (*problem_) return;
  const auto separator = place_.empty() || name.empty() ? "" : ".";
  *problem_ = fmt::format("{}{}{} {}", place_, separator, name, message);
}

std::optional<dom::element> JsonFields::find(std::string_view name) const {
  dom::element element;
  if (object_.at_key(name).get(element) != simdjson::SUCCESS || element.is_null())
    return std::nullopt;
  return element;
}

bool JsonFields::has(std::string_view name) const { return find(name).has_value(); }

std::optional<std::string_view> JsonFields::optional_string(std::string_view name,
                                                            std::size_t size_max) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  std::string_view text;
  if (element->get(text) != simdjson::SUCCESS) {
    refuse(name, "must be a string");
    return std::nullopt;
  }
  if (text.size() > size_max) {
    refuse(name, fmt::format("must have at most {} bytes", size_max));
    return std::nullopt;
  }
  return text;
}

std::vector<std::string_view> JsonFields::names() const {
  std::vector<std::string_view> names;
  for (const auto field : object_) names.push_back(field.key);
  return names;
}

std::string_view JsonFields::required_string(std::string_view name, std::size_t size_max) {
  const auto text = optional_string(name, size_max);
  if (!text) refuse(name, "is required");  // A wrong type or size has been refused before.
  if (text && text->empty()) refuse(name, "must not be empty");
  return text.value_or(std::string_view{});
}

std::optional<std::int64_t> JsonFields::optional_integer(std::string_view name, std::int64_t min,
                                                         std::int64_t max) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  std::int64_t number = 0;
  if (element->get(number) == simdjson::SUCCESS && number >= min && number <= max) return number;
  refuse(name, fmt::format("must be a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::optional<bool> JsonFields::optional_boolean(std::string_view name) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  bool value = false;
  if (element->get(value) == simdjson::SUCCESS) return value;
  refuse(name, "must be true or false");
  return std::nullopt;
}

std::optional<dom::array> JsonFields::find_array(std::string_view name, std::size_t count_max) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  dom::array array;
  if (element->get(array) != simdjson::SUCCESS) {
    refuse(name, "must be an array");
    return std::nullopt;
  }
  if (array.size() > count_max) {
    refuse(name, fmt::format("must have at most {} items", count_max));
    return std::nullopt;
  }
  return array;
}

std::optional<std::vector<std::string_view>> JsonFields::optional_strings(std::string_view name,
                                                                          std::size_t count_max,
                                                                          std::size_t size_max) {
  const auto array = find_array(name, count_max);
  if (!array) return std::nullopt;
  std::vector<std::string_view> texts;
  for (const auto element : *array) {
    std::string_view text;
    const auto place = fmt::format("{}[{}]", name, texts.size());
    if (element.get(text) != simdjson::SUCCESS)
      refuse(place, "must be a string");
    else if (text.empty())
      refuse(place, "must not be empty");
    else if (text.size() > size_max)
      refuse(place, fmt::format("must have at most {} bytes", size_max));
    if (*problem_) return std::nullopt;
    texts.push_back(text);
  }
  return texts;
}

std::optional<JsonFields> JsonFields::optional_object(std::string_view name) {
  const auto element = find(name);
  if (!element) return std::nullopt;
  dom::object object;
  if (element->get(object) != simdjson::SUCCESS) {
    refuse(name, "must be an object");
    return std::nullopt;
  }
  const auto separator = place_.empty() ? "" : ".";
  return JsonFields(object, problem_, fmt::format("{}{}{}", place_, separator, name));
}

std::optional<std::vector<JsonFields>> JsonFields::optional_objects(std::string_view name,
                                                                    std::size_t count_max) {
  const auto array = find_array(name, count_max);
  if (!array) return std::nullopt;
  const auto separator = place_.empty() ? "" : ".";
  std::vector<JsonFields> readers;
  for (const auto element : *array) {
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      refuse(fmt::format("{}[{}]", name, readers.size()), "must be an object");
      return std::nullopt;
    }
    readers.push_back(JsonFields(
        object, problem_, fmt::format("{}{}{}[{}]", place_, separator, name, readers.size())));
  }
  return readers;
}

}  // namespace orrery
