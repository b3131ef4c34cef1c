#include "http/gpushare/endpoint_url.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

namespace orrery::gpushare {

namespace {

constexpr std::size_t url_size_max = 1'000;

EndpointProblem problem(std::string_view sentence) { return {std::string(sentence)}; }

bool is_host_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':';
}

/// 0 where it is none.
std::uint16_t port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto end = digits.data() + digits.size();
  const auto [read_end, problem] = std::from_chars(digits.data(), end, port);
  return problem == std::errc() && read_end == end ? port : 0;
}

/// The path as it stands before "/v1/…": no slash at its end.
std::string base_path_of(std::string_view path) {
  const auto without_slash = [&] {
    while (path.ends_with('/')) path.remove_suffix(1);
  };
  without_slash();
  if (path.ends_with("/v1")) path.remove_suffix(3);
  without_slash();
  return std::string(path);
}

}  // namespace

void throw_exception_from_error(const EndpointProblem& problem, const boost::source_location&) {
  throw std::logic_error("an endpoint that is none was used: " + problem.sentence);
}

boost::system::result<UpstreamTarget, EndpointProblem> read_endpoint(std::string_view url,
                                                                     UpstreamReach reach) {
  const auto parsed = boost::urls::parse_absolute_uri(url.substr(0, url_size_max + 1));
  if (!parsed || url.size() > url_size_max) return problem("Enter a valid URL.");
  if (parsed->scheme_id() == boost::urls::scheme::https)
    return problem("Only http:// is spoken to model servers; use `orrery agent` for others.");
  if (parsed->scheme_id() != boost::urls::scheme::http || !parsed->has_authority())
    return problem("Enter a valid URL.");
  if (parsed->has_userinfo() || parsed->has_query())
    return problem("The URL may have no user, password or query.");
  UpstreamTarget target;
  target.host = parsed->host_address();
  target.port = parsed->has_port() ? port_of(parsed->port()) : 80;
  target.base_path = base_path_of(parsed->encoded_path());
  target.reach = reach;
  const bool is_host =
      !target.host.empty() && std::all_of(target.host.begin(), target.host.end(), is_host_letter);
  if (!is_host || target.port == 0) return problem("Enter a valid URL.");
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(target.host, is_name);
  if (!is_name && !may_reach(reach, address))
    return problem("This address may not be an endpoint.");
  return target;
}

}  // namespace orrery::gpushare
