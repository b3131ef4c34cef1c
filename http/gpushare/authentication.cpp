#include "http/gpushare/authentication.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <boost/beast/core/string.hpp>

#include "http/auth/credential.hpp"
#include "http/gpushare/password_check.hpp"

namespace orrery::gpushare {

namespace {

/// `Authorization` as Django splits it.
struct Authorization {
  std::string_view scheme;
  std::string_view credential;
  /// More than one word follows the scheme.
  bool has_spaces = false;
};

std::string_view next_word(std::string_view& text) {
  constexpr std::string_view blanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const auto word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

Authorization split(std::string_view header) {
  Authorization parts;
  parts.scheme = next_word(header);
  parts.credential = next_word(header);
  parts.has_spaces = !next_word(header).empty();
  return parts;
}

AuthenticationFailure refused(std::string detail) { return {401, std::move(detail), 0}; }

/// What a header of this scheme lacks; nothing where it has one word as credential.
std::optional<AuthenticationFailure> problem_of(const Authorization& parts, std::string_view scheme,
                                                std::string_view credentials) {
  if (parts.credential.empty())
    return refused(fmt::format("Invalid {} header. No credentials provided.", scheme));
  if (!parts.has_spaces) return std::nullopt;
  return refused(
      fmt::format("Invalid {} header. {} string should not contain spaces.", scheme, credentials));
}

Authenticated by_token(const GpushareContext& context, const Authorization& parts) {
  if (auto problem = problem_of(parts, "token", "Token")) return *std::move(problem);
  auto device = context.clients->by_token(credential_digest(parts.credential));
  if (!device) return refused("Invalid token.");
  return Caller{std::move(device->client), std::move(device->device_id)};
}

/// "name:password", or a name alone; nothing where it is no text in base64.
std::optional<PasswordClaim> read_basic(std::string_view credential) {
  std::string text(credential.size(), '\0');
  std::size_t size = 0;
  const auto code = sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(),
                                      credential.data(), credential.size(), nullptr, &size, nullptr,
                                      sodium_base64_VARIANT_ORIGINAL);
  if (code != 0) return std::nullopt;
  text.resize(size);
  const auto colon = std::min(text.find(':'), text.size());
  return PasswordClaim{text.substr(0, colon), text.substr(std::min(colon + 1, text.size())), {}};
}

Authenticated authenticated(PasswordAnswer answer) {
  if (answer.kind == PasswordAnswer::Kind::right) return Caller{std::move(answer.client), {}};
  const auto refusal = refusal_of(answer);
  return AuthenticationFailure{refusal.status, std::string(refusal.body.at("detail").as_string()),
                               static_cast<std::uint32_t>(answer.wait.count())};
}

void by_password(const GpushareContext& context, const Request& request, const Authorization& parts,
                 std::function<void(Authenticated)> done) {
  if (auto problem = problem_of(parts, "basic", "Credentials")) return done(*std::move(problem));
  auto claim = read_basic(parts.credential);
  if (!claim)
    return done(refused("Invalid basic header. Credentials not correctly base64 encoded."));
  claim->peer = request.peer;
  check_password(context, *std::move(claim), [done = std::move(done)](PasswordAnswer answer) {
    done(authenticated(std::move(answer)));
  });
}

}  // namespace

void authenticate(const GpushareContext& context, const Request& request,
                  std::function<void(Authenticated)> done) {
  const auto parts = split(request.header("authorization"));
  using boost::beast::iequals;
  if (iequals(parts.scheme, "token") || iequals(parts.scheme, "bearer"))
    return done(by_token(context, parts));
  if (iequals(parts.scheme, "basic")) return by_password(context, request, parts, std::move(done));
  done(Caller{});
}

std::string visible_token(const EdgeSecret& secret, const Caller& caller,
                          const MarketClient& shown) {
  const bool has_device = !caller.device_id.empty() || !shown.devices.empty();
  if (!caller.is(shown.id) || !has_device) return std::string(masked_token);
  return secret.client_token(
      shown.id, caller.device_id.empty() ? shown.devices.front().device_id : caller.device_id);
}

void throw_exception_from_error(const AuthenticationFailure& failure,
                                const boost::source_location&) {
  throw std::logic_error("the caller of a refused request was used: " + failure.detail);
}

}  // namespace orrery::gpushare
