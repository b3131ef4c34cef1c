#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"
#include "http/json/timestamp.hpp"
#include "http/native/admin/admin_call.hpp"

namespace orrery::admin {

inline constexpr std::size_t name_bytes_max = 200;
inline constexpr std::size_t id_bytes_max = 200;
inline constexpr std::size_t reason_bytes_max = 500;

/// Calls `read(fields)` with the fields of the request's body, then `go_on(words)` with what it
/// returned. 400 where the body or a field is wrong. Whatever `read` keeps must be a copy.
template <class Read, class GoOn>
void with_body(const Call& call, const Read& read, const GoOn& go_on) {
  const auto object = parse_json_object(call->request().body);
  if (!object) return call->wrong(object.error().message);
  JsonFields fields(*object);
  auto words = read(fields);
  if (fields.problem()) return call->wrong(*fields.problem());
  go_on(std::move(words));
}

/// Dollars such as "1.25" or "0.00013", exactly, in micro-USD. They come as a string, for a JSON
/// number may lose digits on its way.
std::optional<std::int64_t> read_usd(JsonFields& fields, std::string_view name);

/// A time of RFC 3339 in microseconds since 1970; nothing where it is absent or wrong.
std::optional<std::int64_t> read_time(JsonFields& fields, std::string_view name);

/// `{"items":[…]}` of `each(item)`.
template <class Items, class Each>
boost::json::object listed(const Items& items, const Each& each) {
  boost::json::array array;
  for (const auto& item : items) array.push_back(each(item));
  return {{"items", std::move(array)}};
}

inline std::string time_text(std::int64_t microseconds) {
  return rfc3339_seconds(Time(std::chrono::microseconds(microseconds)));
}

}  // namespace orrery::admin
