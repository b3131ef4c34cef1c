#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

namespace orrery::described {

/// Described values (events, states of aggregates) as JSON for people and other programs: members
/// by name, enums by name, a variant as an object with the one member that names the alternative.

namespace json = boost::json;

/// Text as it is; bytes that aren't UTF-8 (digests, sealed boxes) as "hex:…".
json::string text_json(std::string_view text);

/// "VmSpecification" → "vm_specification".
std::string snake_case(std::string_view name);

/// How a variant names its alternative: the type's own name in snake case, without namespaces.
template <class T>
std::string alternative_name() {
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
json::value members_json(const T& value) {
  json::object object;
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>(
      [&](auto member) { object[member.name] = value_json(value.*member.pointer); });
  return object;
}

inline json::string key_text(std::string_view name) { return text_json(name); }
inline json::string key_text(std::integral auto number) {
  return json::string(std::to_string(number));
}
template <class E>
requires std::is_enum_v<E> json::string key_text(E value) {
  return json::string(boost::describe::enum_to_string(value, "unknown"));
}

template <class Sequence>
json::value sequence_json(const Sequence& values) {
  json::array array;
  array.reserve(values.size());
  for (const auto& value : values) array.push_back(value_json(value));
  return array;
}

template <class Map>
json::value map_json(const Map& values) {
  json::object object;
  for (const auto& [name, value] : values) object[key_text(name)] = value_json(value);
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
        object[alternative_name<std::decay_t<decltype(alternative)>>()] = value_json(alternative);
        return object;
      },
      value);
}

template <class T>
constexpr bool is_sequence = false;
template <class T>
constexpr bool is_sequence<std::vector<T>> = true;
template <class T>
constexpr bool is_sequence<std::set<T>> = true;

template <class T>
constexpr bool is_map = false;
template <class K, class T>
constexpr bool is_map<std::map<K, T>> = true;

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
  else if constexpr (is_sequence<T>)
    return sequence_json(value);
  else if constexpr (is_map<T>)
    return map_json(value);
  else if constexpr (is_optional<T>)
    return optional_json(value);
  else if constexpr (is_variant<T>)
    return variant_json(value);
  else
    return members_json(value);
}

}  // namespace orrery::described
