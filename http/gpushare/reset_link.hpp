#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "events/envelope.hpp"
#include "http/auth/edge_secret.hpp"
#include "http/gpushare/context.hpp"
#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

inline constexpr std::chrono::minutes reset_link_lifetime{30};

/// The parts of a link by which a client sets a new password, as Django has them. Stored nowhere:
/// the token is the time and a keyed digest of it, the client, his mail address and his password
/// hash. So a link works once, and not after anything else has changed the password or the address.
struct ResetLink {
  /// The client's id in base64url.
  std::string uid;
  std::string token;
};

ResetLink reset_link_of(const EdgeSecret& secret, const MarketClient& client, Time now);

/// Whose link it is; null where it is none, too old, used, or of a client who is gone. Compares in
/// constant time.
ClientView::Client client_of_reset_link(const GpushareContext& context, std::string_view uid,
                                        std::string_view token);

/// The link as it stands in a mail.
std::string reset_url(const GpushareContext& context, const ResetLink& link);

}  // namespace orrery::gpushare
