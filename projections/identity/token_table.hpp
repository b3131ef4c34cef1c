#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "events/archive.hpp"
#include "projections/identity/identity_view.hpp"
#include "projections/runtime/digest_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

/// Live tokens by digest. One thread writes; any thread asks, under the lock of one of few shards.
///
/// A session that could not be refreshed any more at the time of a later sign-in is forgotten: the
/// table holds what is alive, not everyone who ever signed in.
class TokenTable {
 public:
  /// Exchanged refresh tokens remembered for each session. One that is older is no longer
  /// recognised as stolen, only as unknown; it opens nothing either way.
  static constexpr std::size_t refresh_digests_max = 1024;

  std::shared_ptr<const Principal> principal_of(const TokenDigest& digest) const;
  std::optional<RefreshToken> refresh_token(const TokenDigest& digest) const;
  std::shared_ptr<const Principal> principal_of_key(std::string_view key_id) const;
  std::optional<KeyDetails> key(std::string_view key_id) const;
  /// In the order of issue; the id of the operators' scope is "".
  std::vector<KeyDetails> keys_of_scope(KeyScope scope, std::string_view scope_id) const;

  void fold(const AccessKeyIssued& issued, std::string_view id, const RecordedEvent& recorded);
  void fold(const AccessKeyRegenerated& next, std::string_view id, const RecordedEvent&);
  void fold(const SessionOpened& opened, std::string_view id, const RecordedEvent& recorded);
  void fold(const SessionRefreshed& refreshed, std::string_view id, const RecordedEvent& recorded);
  void fold(const TokenRevoked&, std::string_view id, const RecordedEvent&);
  void fold(const AccountDisabled&, std::string_view id, const RecordedEvent&);
  void fold(const AccountEnabled&, std::string_view id, const RecordedEvent&);
  /// Whoever signed in with the password before is out.
  void fold(const AccountPasswordChanged&, std::string_view id, const RecordedEvent&);

  void save(ByteWriter& writer) const;
  /// The table must be empty.
  void load(ByteReader& reader);

 private:
  struct Key {
    std::string token_id;
    AccessKeyIssued issued;
    Time issued_at{};
    std::string issued_by;
    BOOST_DESCRIBE_CLASS(Key, (), (token_id, issued, issued_at, issued_by), (), ())
  };
  struct Session {
    std::string token_id;
    std::string account_id;
    std::string access_digest;
    std::int64_t access_expires_at_us = 0;
    std::int64_t refresh_expires_at_us = 0;
    /// The last one is current.
    std::vector<std::string> refresh_digests;
    BOOST_DESCRIBE_CLASS(Session, (),
                         (token_id, account_id, access_digest, access_expires_at_us,
                          refresh_expires_at_us, refresh_digests),
                         (), ())
  };

  struct alignas(64) Shard {
    mutable WriterFirstMutex mutex;
    DigestMap<std::shared_ptr<const Principal>> access;
    DigestMap<std::shared_ptr<const RefreshToken>> refresh;
  };

  Shard& shard_of(const TokenDigest& digest) { return shards_[digest[31] % shard_count]; }
  const Shard& shard_of(const TokenDigest& digest) const {
    return shards_[digest[31] % shard_count];
  }
  void put_access(std::string_view digest, std::shared_ptr<const Principal> principal);
  void put_refresh(std::string_view digest, std::shared_ptr<const RefreshToken> token);

  static KeyDetails details_of(const Key& key);
  /// Null where there is none. Under the keys' lock.
  const Key* find_key(std::string_view key_id) const;
  void add_key(Position place, Key key);
  void forget_key(std::string_view id, Position place);

  void publish(const Key& key);
  void publish(const Session& session);
  void publish_refresh(const Session& session, std::string_view digest, bool current);
  void withdraw(const Session& session);
  void forget_session(Position place);
  void forget_sessions_of(std::string_view account_id);
  void forget_expired(Time now);

  static constexpr std::size_t shard_count = 16;
  std::array<Shard, shard_count> shards_;

  // By the position of the event that made them. Keys are read under their lock, sessions by the
  // writer alone.
  mutable WriterFirstMutex keys_mutex_;
  std::map<Position, Key> keys_;
  std::map<std::string, Position, std::less<>> place_of_key_;
  std::map<std::pair<KeyScope, std::string>, std::set<Position>> keys_of_scope_;
  std::map<Position, Session> sessions_;
  std::set<std::string, std::less<>> disabled_accounts_;
  boost::unordered_flat_map<std::string, Position> place_of_session_;
  std::set<std::pair<std::int64_t, Position>> sessions_by_expiry_;
};

}  // namespace orrery
