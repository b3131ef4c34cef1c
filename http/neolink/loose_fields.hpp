#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/json/json_fields.hpp"

namespace orrery::neolink {

// Fields that the document calls strings and its samples send as numbers or truths, or the other
// way round: both forms are read.

/// An object and the reader of its fields.
struct LooseFields {
  explicit LooseFields(simdjson::dom::object given) : object(given), fields(given) {}
  LooseFields(simdjson::dom::object given, JsonFields reader)
      : object(given), fields(std::move(reader)) {}

  simdjson::dom::object object;
  JsonFields fields;

  /// The object in a field; nothing where it is absent or no object.
  std::optional<LooseFields> optional_object(std::string_view name);

  /// A string, or a whole number in digits; empty where it is absent or wrong.
  std::string text(std::string_view name, std::size_t size_max);

  /// `text` that must be there and not be empty.
  std::string required_text(std::string_view name, std::size_t size_max);

  /// A truth, or "true" or "false" as Python or JSON writes it; nothing where it is absent, empty
  /// or wrong.
  std::optional<bool> truth(std::string_view name);
};

}  // namespace orrery::neolink
