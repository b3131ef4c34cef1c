#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/gpushare/caller.hpp"
#include "http/gpushare/context.hpp"
#include "http/server/message.hpp"
#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

/// Why a credential is no good.
struct AuthenticationFailure {
  /// 401 with `authentication_challenge`, 429, or 503 where no password can be checked now.
  unsigned status = 401;
  /// In the words of Django REST Framework.
  std::string detail;
  /// For `Retry-After`, with 429 and 503.
  std::uint32_t retry_after_s = 0;
};
[[noreturn]] void throw_exception_from_error(const AuthenticationFailure& failure,
                                             const boost::source_location& location);

/// `WWW-Authenticate` of every 401.
inline constexpr std::string_view authentication_challenge = "Basic realm=\"api\"";

using Authenticated = boost::system::result<Caller, AuthenticationFailure>;

/// Finds out who sent `request`: by "Token" or "Bearer" and the token of a device, or by "Basic"
/// with the user name or mail address and password. Without `Authorization`, or with another
/// scheme, he is anonymous, as in Django. A password is verified by argon2 once, and again when a
/// minute has passed, it has changed, or the client is gone; a wrong one costs a guess of whoever
/// is named, known or not, and of the address it came from.
///
/// `done` is called once: at once on this thread, but for a password that has to be verified; then
/// on another one. The request must live until then.
void authenticate(const GpushareContext& context, const Request& request,
                  std::function<void(Authenticated)> done);

/// What is shown in place of a token that one may not see.
inline constexpr std::string_view masked_token = "********";

/// The `user_token` of `shown` as `caller` may see it: his own, of the device he uses or else the
/// one that signed in first; "********" for all others, and where he has none.
std::string visible_token(const EdgeSecret& secret, const Caller& caller,
                          const MarketClient& shown);

}  // namespace orrery::gpushare
