#include "http/mkinf/answers.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace orrery::mkinf {

namespace {

/// Weak comparison, as RFC 9110 wants it for `If-None-Match`: W/"3" and "3" are the same. Our tags
/// hold digits only, so a quoted tag cannot stand within another.
bool lists_tag(std::string_view header, std::string_view tag) {
  return header == "*" || header.find(tag) != std::string_view::npos;
}

}  // namespace

Response ok(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Response ok(const boost::json::value& body) { return ok(boost::json::serialize(body)); }

Response whole_list(const Surface& surface, boost::json::array items) {
  if (!surface.tenancy_in_items) return ok(items);
  return ok(boost::json::object{{"items", std::move(items)}});
}

Response one_object(const Request& request, const PreparedAnswer& answer) {
  Response response;
  auto tag = fmt::format("\"{}\"", answer.version);
  const auto known = request.header("if-none-match");
  if (!known.empty() && lists_tag(known, tag))
    response.status = 304;
  else
    response.prepared_body = answer.body;
  response.headers.emplace_back("ETag", std::move(tag));
  return response;
}

}  // namespace orrery::mkinf
