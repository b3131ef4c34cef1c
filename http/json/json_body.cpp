#include "http/json/json_body.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <boost/json/stream_parser.hpp>

namespace orrery {

namespace {

namespace dom = simdjson::dom;

JsonProblem too_deep() {
  return {fmt::format("the body is nested deeper than {} levels", json_depth_max)};
}

JsonProblem broken_at(std::string_view body, std::size_t offset) {
  const auto before = body.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
  return {fmt::format("the body is not valid JSON at line {}, column {} (byte {})",
                      std::count(before.begin(), before.end(), '\n') + 1, offset - line_start + 1,
                      offset + 1)};
}

/// simdjson says what is wrong, not where. Boost.JSON reads byte for byte and stops at the place.
JsonProblem describe(simdjson::error_code code, std::string_view body) {
  if (code == simdjson::DEPTH_ERROR) return too_deep();
  boost::json::parse_options options;
  options.max_depth = json_depth_max;
  boost::json::stream_parser parser({}, options);
  boost::json::error_code error;
  const auto consumed = parser.write_some(body.data(), body.size(), error);
  if (error == boost::json::error::too_deep) return too_deep();
  if (error || consumed < body.size()) return broken_at(body, consumed);
  parser.finish(error);
  if (error) return broken_at(body, body.size());
  return {fmt::format("the body cannot be read: {}", simdjson::error_message(code))};
}

/// The key that an object holds twice, of `object` or of any below it; empty where there is none.
/// The depth is bounded by the parser.
std::string_view repeated_key(dom::element element) {
  dom::array array;
  dom::object object;
  if (element.get(array) == simdjson::SUCCESS) {
    for (const auto item : array)
      if (const auto key = repeated_key(item); key.data() != nullptr) return key;
  }
  if (element.get(object) != simdjson::SUCCESS) return {};
  std::vector<std::string_view> keys;
  for (const auto field : object) {
    keys.push_back(field.key);
    if (const auto key = repeated_key(field.value); key.data() != nullptr) return key;
  }
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  return twice == keys.end() ? std::string_view{} : *twice;
}

/// Bodies beyond a MiB never get here, so the parser's buffers stay small.
dom::parser& parser_of_this_thread() {
  static thread_local dom::parser parser;
  return parser;
}

}  // namespace

boost::system::result<dom::object, JsonProblem> parse_json_object(std::string_view body) {
  auto& parser = parser_of_this_thread();
  constexpr auto depth_limit = json_depth_max + 1;  // simdjson refuses the level that reaches it.
  if (parser.capacity() < body.size() || parser.max_depth() != depth_limit) {
    const auto capacity = std::max<std::size_t>(body.size(), 4096);
    if (parser.allocate(capacity, depth_limit) != simdjson::SUCCESS) throw std::bad_alloc();
  }
  dom::element root;
  if (const auto code = parser.parse(body.data(), body.size()).get(root); code != simdjson::SUCCESS)
    return describe(code, body);
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return JsonProblem{"the body must be a JSON object"};
  if (const auto key = repeated_key(root); key.data() != nullptr)
    return JsonProblem{fmt::format("the body has the key \"{}\" twice", key.substr(0, 64))};
  return object;
}

void throw_exception_from_error(const JsonProblem& problem, const boost::source_location&) {
  throw std::logic_error("a refused body was used: " + problem.message);
}

}  // namespace orrery
