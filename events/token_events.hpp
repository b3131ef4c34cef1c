#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// What the holder of an access key may reach.
BOOST_DEFINE_FIXED_ENUM_CLASS(KeyScope, std::uint8_t, organization, project, operator_, namespace_)

/// A long-lived secret for programs. Stream: token/<id>. The log holds digests only, never a token.
struct AccessKeyIssued {
  /// SHA-256 of the key, 32 raw bytes.
  std::string digest;
  KeyScope scope = KeyScope::project;
  /// Organization, project or namespace id; empty for an operator's key.
  std::string scope_id;
  std::string name;
  /// Microseconds since 1970 (UTC); 0 means that it does not expire.
  std::int64_t expires_at_us = 0;

  bool operator==(const AccessKeyIssued&) const = default;
  BOOST_DESCRIBE_CLASS(AccessKeyIssued, (), (digest, scope, scope_id, name, expires_at_us), (), ())
};

/// Somebody signed in: the first access and refresh token of a family. Stream: token/<id>.
struct SessionOpened {
  std::string account_id;
  std::string access_digest;
  std::string refresh_digest;
  std::int64_t access_expires_at_us = 0;
  std::int64_t refresh_expires_at_us = 0;

  bool operator==(const SessionOpened&) const = default;
  BOOST_DESCRIBE_CLASS(SessionOpened, (),
                       (account_id, access_digest, refresh_digest, access_expires_at_us,
                        refresh_expires_at_us),
                       (), ())
};

/// The refresh token was used: both tokens are replaced, the old ones are dead.
struct SessionRefreshed {
  std::string access_digest;
  std::string refresh_digest;
  std::int64_t access_expires_at_us = 0;
  std::int64_t refresh_expires_at_us = 0;

  bool operator==(const SessionRefreshed&) const = default;
  BOOST_DESCRIBE_CLASS(SessionRefreshed, (),
                       (access_digest, refresh_digest, access_expires_at_us, refresh_expires_at_us),
                       (), ())
};

/// The key or the whole session family is dead, for instance because an old refresh token was used
/// again.
struct TokenRevoked {
  std::string reason;

  bool operator==(const TokenRevoked&) const = default;
  BOOST_DESCRIBE_CLASS(TokenRevoked, (), (reason), (), ())
};

/// The key has another secret from now on; the old one is dead.
struct AccessKeyRegenerated {
  /// As in `AccessKeyIssued`.
  std::string digest;
  std::int64_t expires_at_us = 0;

  bool operator==(const AccessKeyRegenerated&) const = default;
  BOOST_DESCRIBE_CLASS(AccessKeyRegenerated, (), (digest, expires_at_us), (), ())
};

using TokenEvent = std::variant<AccessKeyIssued, SessionOpened, SessionRefreshed, TokenRevoked,
                                AccessKeyRegenerated>;

}  // namespace orrery
