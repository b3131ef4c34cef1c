#include "http/aifactory/access.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/url/authority_view.hpp>

#include "http/auth/credential.hpp"
#include "http/auth/living_principal.hpp"

namespace orrery::aifactory {

namespace {

/// Only clients of HTTP/1.0 send none; browsers always do.
bool has_host(const Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return boost::beast::iequals(header.first, "host");
  });
}

/// Name of the holder of a good credential; empty for all others.
std::string holder_of(const AifactoryContext& context, std::string_view credential) {
  if (credential.empty()) return {};
  if (credential_digest(credential) == context.token_digest) return "service-token";
  if (!context.identity) return {};
  const auto principal = living_principal(*context.identity, *context.clock, credential);
  return principal && principal->kind == Principal::Kind::operator_key ? principal->actor
                                                                       : std::string{};
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const auto authority = boost::urls::parse_authority(host);
  if (!authority || authority->has_userinfo()) return false;
  std::uint16_t port = 0;
  const std::string_view digits = authority->port();
  if (!digits.empty() &&
      std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc{})
    return false;
  const std::string_view name = authority->encoded_host_address();
  if (boost::beast::iequals(name, "localhost")) return true;
  constexpr std::string_view below = ".localhost";
  if (name.size() > below.size() &&
      boost::beast::iequals(name.substr(name.size() - below.size()), below))
    return true;
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(name, no_address);
  return !no_address && address.is_loopback();
}

boost::system::result<Caller, Refusal> caller_of(const AifactoryContext& context,
                                                 const Request& request) {
  if (context.token_digest) {
    auto holder = holder_of(context, bearer_credential(request.header("authorization")));
    if (holder.empty()) return unauthorized();
    return Caller{std::move(holder)};
  }
  if (has_host(request) && !is_loopback_host(request.header("host")))
    return error(400, "Without a token this server answers to the names of its own machine only");
  return Caller{"anonymous"};
}

}  // namespace orrery::aifactory
