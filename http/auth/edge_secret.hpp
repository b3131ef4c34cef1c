#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "http/auth/id_source.hpp"

namespace orrery {

/// The one secret of this server's edge: it keys the digests that turn mail addresses into account
/// ids, and idempotency keys into ids. Losing it orphans the accounts, so it lives with the data.
struct EdgeSecret {
  std::array<std::uint8_t, 32> bytes{};

  /// The secret in `<directory>/edge.key` (mode 0600), made and synced at the first call. Throws
  /// `std::runtime_error` with a sentence where the file cannot be read, made, or has another size.
  static EdgeSecret load_or_create(const std::filesystem::path& directory, IdSource& ids);

  /// Stream id of the account with this mail address: a keyed digest, so that the log neither shows
  /// the address nor lets it be guessed. Upper and lower case are one address.
  std::string account_id(std::string_view email) const;

  /// The seed of everything drawn for one request of `principal` named by its idempotency key.
  /// `purpose` keeps different kinds of requests apart.
  IdSeed seed_of(std::string_view purpose, std::string_view principal, std::string_view key) const;

  /// The secret with which the holder of an access key signs requests. It follows from the key's
  /// id, so it is stored nowhere and shown with the key alone. 43 characters.
  std::string signing_secret(std::string_view key_id) const;

  /// Ids of the handles (handle/<key>) under which people of the marketplace have their names: of a
  /// user name as it is, of a mail address in upper and lower case alike. Keyed digests, as above.
  std::string username_key(std::string_view username) const;
  std::string email_key(std::string_view email) const;

  /// With what a device acts for a client of the marketplace, and a shared node for itself. Stored
  /// nowhere: they follow from the ids. 40 lower-case hexadecimal digits, as Django's.
  std::string client_token(std::string_view client_id, std::string_view device_id) const;
  std::string node_token(std::string_view shared_node_id) const;

  /// Proves that this server wrote `text` for `purpose`.
  std::array<std::uint8_t, 32> seal_of(std::string_view purpose, std::string_view text) const;
};

}  // namespace orrery
