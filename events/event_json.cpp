#include "events/event_json.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <type_traits>

#include <date/date.h>
#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/mp11/algorithm.hpp>

namespace orrery {
namespace {

namespace json = boost::json;

/// Length of the UTF-8 sequence that starts with `lead`; 0 for a byte that starts none.
std::size_t sequence_size(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// Overlong forms, surrogates and code points beyond Unicode differ from others in the second byte.
bool fits_lead(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const auto size = sequence_size(lead);
    if (size == 0 || size > text.size()) return false;
    for (std::size_t i = 1; i < size; ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
    if (size > 1 && !fits_lead(lead, static_cast<unsigned char>(text[1]))) return false;
    text.remove_prefix(size);
  }
  return true;
}

json::string text_json(std::string_view text) {
  if (is_utf8(text)) return json::string(text);
  constexpr std::string_view digits = "0123456789abcdef";
  json::string hex("hex:");
  for (const auto character : text) {
    const auto byte = static_cast<unsigned char>(character);
    hex.push_back(digits[byte >> 4]);
    hex.push_back(digits[byte & 0xF]);
  }
  return hex;
}

/// "VmSpecification" → "vm_specification": how a variant names its alternative.
std::string snake_case(std::string_view name) {
  std::string snake;
  for (const auto character : name) {
    const bool upper = character >= 'A' && character <= 'Z';
    if (upper && !snake.empty()) snake.push_back('_');
    snake.push_back(upper ? static_cast<char>(character - 'A' + 'a') : character);
  }
  return snake;
}

/// The type's own name, without namespaces, as the compiler spells it.
template <class T>
std::string type_name() {
  constexpr std::string_view function = __PRETTY_FUNCTION__;
  constexpr std::string_view before = "T = ";
  const auto begin = function.find(before) + before.size();
  auto name = function.substr(begin, function.find_first_of(";]", begin) - begin);
  if (const auto colon = name.rfind(':'); colon != name.npos) name.remove_prefix(colon + 1);
  return snake_case(name);
}

template <class T>
json::value value_json(const T& value);

template <class T>
json::value described_json(const T& value) {
  json::object object;
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>(
      [&](auto member) { object[member.name] = value_json(value.*member.pointer); });
  return object;
}

template <class T>
json::value sequence_json(const std::vector<T>& values) {
  json::array array;
  array.reserve(values.size());
  for (const auto& value : values) array.push_back(value_json(value));
  return array;
}

template <class T>
json::value map_json(const std::map<std::string, T>& values) {
  json::object object;
  for (const auto& [name, value] : values) object[name] = value_json(value);
  return object;
}

template <class T>
json::value optional_json(const std::optional<T>& value) {
  return value ? value_json(*value) : json::value();
}

template <class... T>
json::value variant_json(const std::variant<T...>& value) {
  return std::visit(
      [](const auto& alternative) -> json::value {
        json::object object;
        object[type_name<std::decay_t<decltype(alternative)>>()] = value_json(alternative);
        return object;
      },
      value);
}

template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;

template <class T>
constexpr bool is_map = false;
template <class T>
constexpr bool is_map<std::map<std::string, T>> = true;

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <class T>
constexpr bool is_variant = false;
template <class... T>
constexpr bool is_variant<std::variant<T...>> = true;

template <class T>
json::value value_json(const T& value) {
  if constexpr (std::is_same_v<T, std::string>)
    return text_json(value);
  else if constexpr (std::is_enum_v<T>)
    return json::string(boost::describe::enum_to_string(value, "unknown"));
  else if constexpr (std::is_arithmetic_v<T>)
    return value;
  else if constexpr (is_vector<T>)
    return sequence_json(value);
  else if constexpr (is_map<T>)
    return map_json(value);
  else if constexpr (is_optional<T>)
    return optional_json(value);
  else if constexpr (is_variant<T>)
    return variant_json(value);
  else
    return described_json(value);
}

}  // namespace

json::value payload_json(const Event& event) {
  return std::visit([](const auto& payload) { return described_json(payload); }, event);
}

std::string rfc3339(Time time) { return date::format("%FT%TZ", time); }

json::object to_json(const RecordedEvent& recorded) {
  json::object object;
  object["position"] = recorded.position;
  object["stream"] = text_json(recorded.stream);
  object["version"] = recorded.version;
  object["type"] = name_of(recorded.event);
  object["type_version"] = version_of(recorded.event);
  object["time"] = rfc3339(recorded.time);
  object["actor"] = text_json(recorded.origin.actor);
  if (recorded.origin.causation != 0) object["causation"] = recorded.origin.causation;
  if (!recorded.origin.correlation.empty())
    object["correlation"] = text_json(recorded.origin.correlation);
  object["data"] = payload_json(recorded.event);
  return object;
}

}  // namespace orrery
