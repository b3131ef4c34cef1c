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

/// CNY such as "2.50", exactly, in fen: more than 0 and at most what a payment may be. They come as
/// a string, as dollars do; 0 where it is absent or wrong.
std::int64_t read_amount(JsonFields& fields, std::string_view name);

inline constexpr std::size_t page_size_max = 1000;
/// The query's limit, `page_size_max` where it has none; nothing where it is wrong.
std::optional<std::size_t> page_size(const Request& request);
inline constexpr std::string_view page_size_wanted = "limit must be a number from 1 to 1000";

/// The query's after, where the page before ended, as a position; 0 where it has none, and nothing
/// where it is none of our answers' `next`.
std::optional<Position> read_place(const Request& request);
inline constexpr std::string_view place_wanted = "after must be the next of an answer before";

/// `{"items":[…]}` of `each(item)`.
template <class Items, class Each>
boost::json::object listed(const Items& items, const Each& each) {
  boost::json::array array;
  for (const auto& item : items) array.push_back(each(item));
  return {{"items", std::move(array)}};
}

/// Of seconds since 1970; null for 0, which means that there is none.
inline boost::json::value time_json(std::int64_t seconds) {
  if (seconds == 0) return nullptr;
  return boost::json::value(rfc3339_seconds(Time(std::chrono::seconds(seconds))));
}
/// Null for an empty text.
inline boost::json::value text_json(std::string_view text) {
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

inline std::string time_text(std::int64_t microseconds) {
  return rfc3339_seconds(Time(std::chrono::microseconds(microseconds)));
}

}  // namespace orrery::admin
