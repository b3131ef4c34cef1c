#include "http/server/message.hpp"

#include <algorithm>
#include <array>

#include <boost/beast/core/string.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/url/decode_view.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/params_encoded_view.hpp>
#include <boost/url/pct_string_view.hpp>

#include "http/server/status.hpp"

namespace orrery {

std::string_view to_string(Method method) {
  static constexpr std::array<std::string_view, 8> names{"GET",   "HEAD",   "POST",    "PUT",
                                                         "PATCH", "DELETE", "OPTIONS", "OTHER"};
  return names[static_cast<std::size_t>(method)];
}

std::string_view Request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& entry) {
    return boost::beast::iequals(entry.first, name);
  });
  return found == headers.end() ? std::string_view{} : found->second;
}

std::string Request::query_parameter(std::string_view name) const {
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    const auto equals = parameter.find('=');
    const boost::urls::pct_string_view key = parameter.substr(0, equals);
    if (boost::urls::decode_view(key, options) != name) continue;
    if (equals == std::string_view::npos) return {};
    return boost::urls::pct_string_view(parameter.substr(equals + 1)).decode(options);
  }
  return {};
}

Response problem(const Fault& fault) {
  Response response;
  response.status = fault.status;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(boost::json::value{{"type", "about:blank"},
                                                            {"title", reason(fault.status)},
                                                            {"status", fault.status},
                                                            {"code", fault.code},
                                                            {"detail", fault.message}});
  return response;
}

}  // namespace orrery
