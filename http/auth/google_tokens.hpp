#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"

namespace orrery {

/// Whom Google vouches for.
struct GoogleIdentity {
  /// Google has seen that he reads mail to it.
  std::string email;
  /// Empty where Google tells none.
  std::string picture_url;
};

struct GoogleTokensConfiguration {
  /// A JSON Web Key Set, as https://www.googleapis.com/oauth2/v3/certs gives it. Read again when it
  /// has changed; whoever runs the server keeps it up to date.
  std::filesystem::path jwks_file;
  /// The application's id at Google: tokens for other applications are no good here.
  std::string client_id;
};

/// Verifies ID tokens of Google: RS256 by a key of the set, issuer, audience, time (a minute of
/// leeway) and that the mail address is verified. Thread-safe.
class GoogleTokens {
 public:
  /// Bytes of a token; a longer one isn't looked at.
  static constexpr std::size_t token_bytes_max = 8192;

  /// A key set that can't be read now may be there later: until then no token is good.
  explicit GoogleTokens(GoogleTokensConfiguration configuration);
  ~GoogleTokens();

  /// Nothing where the token is no good; why isn't told to whoever sent it.
  std::optional<GoogleIdentity> verify(std::string_view token, Time now) const;

  /// A sentence where the key set can't be used; for `orrery doctor` and the start.
  std::optional<std::string> problem() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery
