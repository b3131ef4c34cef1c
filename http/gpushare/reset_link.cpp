#include "http/gpushare/reset_link.hpp"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>
#include <boost/algorithm/string/replace.hpp>

#include "http/auth/base64url.hpp"
#include "storage/clock.hpp"

namespace orrery::gpushare {

namespace {

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string token_of(const EdgeSecret& secret, const MarketClient& client, std::int64_t made_at_s) {
  const auto digest =
      secret.seal_of("password reset", fmt::format("{}\n{}\n{}\n{}", client.id, made_at_s,
                                                   client.names.email_key, client.password_hash));
  return fmt::format("{:x}-{:02x}", made_at_s, fmt::join(digest.begin(), digest.end(), ""));
}

/// When the link of this token was made; 0 where it doesn't say so.
std::int64_t time_in(std::string_view token) {
  std::int64_t made_at_s = 0;
  const auto* const end = token.data() + token.size();
  const auto read = std::from_chars(token.data(), end, made_at_s, 16);
  const bool is_read = read.ec == std::errc{} && read.ptr != end && *read.ptr == '-';
  return is_read ? made_at_s : 0;
}

bool are_equal(std::string_view left, std::string_view right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

ResetLink reset_link_of(const EdgeSecret& secret, const MarketClient& client, Time now) {
  return {to_base64url(client.id), token_of(secret, client, seconds_of(now))};
}

ClientView::Client client_of_reset_link(const GpushareContext& context, std::string_view uid,
                                        std::string_view token) {
  const auto id = from_base64url(uid);
  if (!id) return nullptr;
  auto client = context.clients->find(*id);
  if (!client) return nullptr;
  const auto made_at_s = time_in(token);
  if (!are_equal(token, token_of(context.secret, *client, made_at_s))) return nullptr;
  const auto age = std::chrono::seconds(seconds_of(context.clock->now()) - made_at_s);
  return age < reset_link_lifetime ? client : nullptr;
}

std::string reset_url(const GpushareContext& context, const ResetLink& link) {
  auto url = context.reset_link.empty()
                 ? context.public_url + "/client/reset-password/{uid}/{token}/"
                 : context.reset_link;
  boost::replace_all(url, "{uid}", link.uid);
  boost::replace_all(url, "{token}", link.token);
  return url;
}

}  // namespace orrery::gpushare
