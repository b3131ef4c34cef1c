#include "http/webhooks/webhook_address.hpp"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace orrery {

namespace {

constexpr std::string_view batch_mark = "#batch=";

}  // namespace

boost::system::result<WebhookAddress, AddressProblem> WebhookAddress::read(
    std::string_view url, std::uint32_t batch_count) {
  const auto refused = [](std::string message) { return AddressProblem{std::move(message)}; };
  if (url.size() > url_bytes_max)
    return refused(fmt::format("must have at most {} bytes", url_bytes_max));
  const auto parsed = boost::urls::parse_uri(url);
  const bool is_http = parsed && (parsed->scheme() == "https" || parsed->scheme() == "http");
  if (!is_http || parsed->host().empty())
    return refused("must be a URL such as https://hooks.example.org/orrery");
  if (parsed->has_userinfo()) return refused("must not name a user: deliveries are signed instead");
  if (parsed->has_fragment()) return refused("must not have a fragment (#…): no server is sent it");
  if (parsed->has_port() && parsed->port_number() == 0) return refused("has a port that is none");
  return WebhookAddress{std::string(url), batch_count};
}

std::string WebhookAddress::stored() const {
  return batch_count == 0 ? url : fmt::format("{}{}{}", url, batch_mark, batch_count);
}

WebhookAddress WebhookAddress::of_stored(std::string_view stored) {
  const auto mark = stored.rfind(batch_mark);
  if (mark == std::string_view::npos) return {std::string(stored), 0};
  const auto digits = stored.substr(mark + batch_mark.size());
  WebhookAddress address{std::string(stored.substr(0, mark)), 0};
  std::from_chars(digits.data(), digits.data() + digits.size(), address.batch_count);
  return address;
}

void throw_exception_from_error(const AddressProblem& problem, const boost::source_location&) {
  throw std::runtime_error(problem.message);
}

}  // namespace orrery
