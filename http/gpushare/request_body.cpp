#include "http/gpushare/request_body.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>
#include <boost/beast/core/string.hpp>
#include <boost/json/error.hpp>
#include <boost/json/object.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

#include "http/gpushare/python_text.hpp"
#include "http/json/json_body.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;
namespace urls = boost::urls;

/// Fields of a form; ours have a dozen.
constexpr std::size_t form_field_count_max = 1000;

bool is_text(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

Refusal malformed() { return detail(400, "Malformed request."); }

Refusal unsupported(std::string_view content_type) {
  return detail(415, fmt::format("Unsupported media type \"{}\" in request.",
                                 is_text(content_type) ? content_type : ""));
}

/// In the words of Python's parser where it has the like.
std::string_view problem_text(const json::error_code& problem) {
  if (problem == json::error::extra_data) return "Extra data";
  if (problem == json::error::incomplete || problem == json::error::syntax)
    return "Expecting value";
  if (problem == json::error::too_deep) return "Too many arrays and objects within each other";
  return "Invalid value";
}

/// How far it is JSON, as Python says it: lines and columns count from 1, characters from 0.
Refusal invalid_json(std::string_view body, std::size_t place, const json::error_code& problem) {
  const auto before = body.substr(0, std::min(place, body.size()));
  const auto line_start = before.rfind('\n') + 1;  // 0 where there is none.
  return detail(
      400, fmt::format("JSON parse error - {}: line {} column {} (char {})", problem_text(problem),
                       std::count(before.begin(), before.end(), '\n') + 1,
                       character_count(before.substr(line_start)) + 1, character_count(before)));
}

boost::system::result<Body, Refusal> json_in(std::string_view body) {
  if (!is_text(body)) return detail(400, "JSON parse error - the body is not UTF-8");
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::stream_parser parser({}, options);
  json::error_code problem;
  const auto parsed = parser.write_some(body.data(), body.size(), problem);
  if (!problem && parsed < body.size()) problem = json::error::extra_data;
  if (!problem) parser.finish(problem);
  if (problem) return invalid_json(body, parsed, problem);
  return Body{parser.release()};
}

/// What a part of a form stands for; nothing where it is no text.
std::optional<std::string> decoded(std::string_view part) {
  const auto encoded = urls::make_pct_string_view({part.data(), part.size()});
  if (!encoded) return std::nullopt;
  urls::encoding_opts options;
  options.space_as_plus = true;
  auto text = encoded->decode(options);
  if (!is_text(text)) return std::nullopt;
  return text;
}

/// Of a repeated field the last counts.
boost::system::result<Body, Refusal> form_in(std::string_view body) {
  json::object fields;
  while (!body.empty()) {
    const auto pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(pair.size() + 1, body.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = decoded(pair.substr(0, equals));
    const auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || fields.size() == form_field_count_max) return malformed();
    fields[*name] = *value;
  }
  return Body{std::move(fields), true};
}

/// The media type alone, without parameters.
std::string_view media_type(std::string_view content_type) {
  return stripped(content_type.substr(0, content_type.find(';')));
}

}  // namespace

boost::system::result<Body, Refusal> body_of(const Request& request) {
  using boost::beast::iequals;
  const auto content_type = request.header("content-type");
  const auto type = is_text(content_type) ? media_type(content_type) : std::string_view();
  const bool is_form = iequals(type, "application/x-www-form-urlencoded");
  if (request.body.empty()) return Body{json::object(), is_form};
  if (is_form) return form_in(request.body);
  if (iequals(type, "application/json")) return json_in(request.body);
  return unsupported(content_type);
}

}  // namespace orrery::gpushare
