#include "http/neolink/loose_fields.hpp"

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

namespace orrery::neolink {

namespace dom = simdjson::dom;

std::optional<LooseFields> LooseFields::optional_object(std::string_view name) {
  auto reader = fields.optional_object(name);
  if (!reader) return std::nullopt;
  return LooseFields(object[name].get_object().value_unsafe(), *std::move(reader));
}

std::string LooseFields::text(std::string_view name, std::size_t size_max) {
  std::int64_t number = 0;
  if (object[name].get(number) == simdjson::SUCCESS) return fmt::format("{}", number);
  return std::string(fields.optional_string(name, size_max).value_or(""));
}

std::string LooseFields::required_text(std::string_view name, std::size_t size_max) {
  std::int64_t number = 0;
  if (object[name].get(number) == simdjson::SUCCESS) return fmt::format("{}", number);
  return std::string(fields.required_string(name, size_max));
}

std::optional<bool> LooseFields::truth(std::string_view name) {
  std::string_view word;
  if (object[name].get(word) != simdjson::SUCCESS) return fields.optional_boolean(name);
  using boost::beast::iequals;
  if (iequals(word, "true")) return true;
  if (iequals(word, "false")) return false;
  if (!word.empty()) fields.refuse(name, "must be true or false");
  return std::nullopt;
}

}  // namespace orrery::neolink
