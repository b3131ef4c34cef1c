#include "cli/admin_request.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace orrery {
namespace {

namespace json = boost::json;
using Form = AdminArgument::Form;
using Place = AdminArgument::Place;

std::string encoded(const std::string& text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

std::optional<std::uint64_t> count_of(std::string_view text) {
  std::uint64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(count) : std::nullopt;
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  if (!text.empty()) boost::algorithm::split(parts, text, boost::algorithm::is_any_of(","));
  return parts;
}

std::optional<json::value> counts_of(const std::string& text) {
  json::object counts;
  for (const auto& part : parts_of(text)) {
    const auto equals = part.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    const auto count = count_of(std::string_view(part).substr(equals + 1));
    if (!count) return std::nullopt;
    counts[part.substr(0, equals)] = *count;
  }
  return counts;
}

/// Nothing where the text isn't of the form.
std::optional<json::value> value_of(Form form, const std::string& text) {
  switch (form) {
    case Form::text:
    case Form::secret:
      return json::value(text);
    case Form::count:
      if (const auto count = count_of(text)) return json::value(*count);
      return std::nullopt;
    case Form::list: {
      const auto parts = parts_of(text);
      return json::array(parts.begin(), parts.end());
    }
    case Form::counts:
      return counts_of(text);
    case Form::flag:
      return json::value(true);
  }
  return std::nullopt;
}

std::string_view wanted(Form form) {
  return form == Form::count ? "a whole number" : "such as A100-80GB=8,A40-48GB=4";
}

}  // namespace

std::string admin_flag(const AdminArgument& argument) {
  if (argument.name == "url") return "--to";  // --url says which Orrery is spoken to.
  std::string flag(argument.name);
  for (auto& letter : flag)
    if (letter == '_') letter = '-';
  return "--" + flag;
}

boost::system::result<AdminRequest, AdminFailure> admin_request(const AdminVerb& verb,
                                                                const AdminWords& words) {
  AdminRequest request{std::string(verb.method), "/orrery/v1" + std::string(verb.path), {}};
  json::object body;
  std::string query;
  for (const auto& argument : verb.arguments) {
    const auto word = words.find(argument.name);
    if (word == words.end()) continue;
    if (argument.place == Place::path) {
      const auto placeholder = fmt::format("{{{}}}", argument.name);
      request.target.replace(request.target.find(placeholder), placeholder.size(),
                             encoded(word->second));
    } else if (argument.place == Place::query) {
      query +=
          fmt::format("{}{}={}", query.empty() ? "?" : "&", argument.name, encoded(word->second));
    } else {
      auto value = value_of(argument.form, word->second);
      if (!value)
        return AdminFailure{
            fmt::format("{} must be {}", admin_flag(argument), wanted(argument.form))};
      body[argument.name] = std::move(*value);
    }
  }
  request.target += query;
  if (!body.empty() || verb.method == "PUT") request.body = json::serialize(body);
  return request;
}

}  // namespace orrery
