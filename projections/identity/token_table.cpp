#include "projections/identity/token_table.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

Time time_of(std::int64_t microseconds) { return Time(std::chrono::microseconds(microseconds)); }

std::pair<KeyScope, std::string> scope_of(const AccessKeyIssued& issued) {
  return {issued.scope, issued.scope_id};
}

Principal speaker_of(std::string_view token_id, const AccessKeyIssued& issued) {
  Principal principal;
  principal.token_id = token_id;
  principal.actor = stream_name("token", token_id);
  if (issued.expires_at_us != 0) principal.expires_at = time_of(issued.expires_at_us);
  switch (issued.scope) {
    case KeyScope::organization:
      principal.kind = Principal::Kind::organization_key;
      principal.organization_id = issued.scope_id;
      break;
    case KeyScope::project:
      principal.kind = Principal::Kind::project_key;
      principal.project_id = issued.scope_id;
      break;
    case KeyScope::operator_:
      principal.kind = Principal::Kind::operator_key;
      break;
    case KeyScope::namespace_:
      principal.kind = Principal::Kind::namespace_key;
      principal.namespace_id = issued.scope_id;
      break;
  }
  return principal;
}

}  // namespace

std::shared_ptr<const Principal> TokenTable::principal_of(const TokenDigest& digest) const {
  const Shard& shard = shard_of(digest);
  const std::shared_lock lock(shard.mutex);
  const auto found = shard.access.find(digest);
  return found == shard.access.end() ? nullptr : found->second;
}

std::optional<RefreshToken> TokenTable::refresh_token(const TokenDigest& digest) const {
  const Shard& shard = shard_of(digest);
  const std::shared_lock lock(shard.mutex);
  const auto found = shard.refresh.find(digest);
  if (found == shard.refresh.end()) return std::nullopt;
  return *found->second;
}

KeyDetails TokenTable::details_of(const Key& key) {
  const auto& issued = key.issued;
  const auto expires = issued.expires_at_us == 0 ? Time::max() : time_of(issued.expires_at_us);
  return {key.token_id,  issued.scope,  issued.scope_id, issued.name,
          key.issued_at, key.issued_by, expires};
}

const TokenTable::Key* TokenTable::find_key(std::string_view key_id) const {
  const auto place = place_of_key_.find(key_id);
  return place == place_of_key_.end() ? nullptr : &keys_.at(place->second);
}

std::shared_ptr<const Principal> TokenTable::principal_of_key(std::string_view key_id) const {
  const std::shared_lock lock(keys_mutex_);
  const auto* key = find_key(key_id);
  const auto digest = key ? digest_of(key->issued.digest) : std::nullopt;
  return digest ? principal_of(*digest) : nullptr;
}

std::optional<KeyDetails> TokenTable::key(std::string_view key_id) const {
  const std::shared_lock lock(keys_mutex_);
  const auto* key = find_key(key_id);
  return key ? std::optional(details_of(*key)) : std::nullopt;
}

std::vector<KeyDetails> TokenTable::keys_of_scope(KeyScope scope, std::string_view scope_id) const {
  const std::shared_lock lock(keys_mutex_);
  std::vector<KeyDetails> keys;
  const auto found = keys_of_scope_.find({scope, std::string(scope_id)});
  if (found == keys_of_scope_.end()) return keys;
  for (const auto place : found->second) keys.push_back(details_of(keys_.at(place)));
  return keys;
}

/// A null `principal` takes the digest out.
void TokenTable::put_access(std::string_view bytes, std::shared_ptr<const Principal> principal) {
  const auto digest = digest_of(bytes);
  if (!digest) return;
  Shard& shard = shard_of(*digest);
  const std::unique_lock lock(shard.mutex);
  if (principal)
    shard.access.insert_or_assign(*digest, std::move(principal));
  else
    shard.access.erase(*digest);
}

void TokenTable::put_refresh(std::string_view bytes, std::shared_ptr<const RefreshToken> token) {
  const auto digest = digest_of(bytes);
  if (!digest) return;
  Shard& shard = shard_of(*digest);
  const std::unique_lock lock(shard.mutex);
  if (token)
    shard.refresh.insert_or_assign(*digest, std::move(token));
  else
    shard.refresh.erase(*digest);
}

void TokenTable::publish(const Key& key) {
  put_access(key.issued.digest,
             std::make_shared<const Principal>(speaker_of(key.token_id, key.issued)));
}

void TokenTable::publish(const Session& session) {
  Principal principal;
  principal.kind = Principal::Kind::session;
  principal.token_id = session.token_id;
  principal.account_id = session.account_id;
  principal.actor = stream_name("account", session.account_id);
  principal.expires_at = time_of(session.access_expires_at_us);
  put_access(session.access_digest, std::make_shared<const Principal>(std::move(principal)));
  for (const auto& digest : session.refresh_digests)
    publish_refresh(session, digest, &digest == &session.refresh_digests.back());
}

void TokenTable::publish_refresh(const Session& session, std::string_view digest, bool current) {
  put_refresh(digest, std::make_shared<const RefreshToken>(
                          RefreshToken{session.token_id, session.account_id, current,
                                       time_of(session.refresh_expires_at_us)}));
}

void TokenTable::withdraw(const Session& session) {
  put_access(session.access_digest, nullptr);
  for (const auto& digest : session.refresh_digests) put_refresh(digest, nullptr);
}

void TokenTable::forget_session(Position place) {
  const auto session = sessions_.find(place);
  withdraw(session->second);
  sessions_by_expiry_.erase({session->second.refresh_expires_at_us, place});
  place_of_session_.erase(session->second.token_id);
  sessions_.erase(session);
}

void TokenTable::forget_expired(Time now) {
  const auto now_us = now.time_since_epoch().count();
  while (!sessions_by_expiry_.empty() && sessions_by_expiry_.begin()->first <= now_us)
    forget_session(sessions_by_expiry_.begin()->second);
}

void TokenTable::fold(const AccessKeyIssued& issued, std::string_view id,
                      const RecordedEvent& recorded) {
  add_key(recorded.position, {std::string(id), issued, recorded.time, recorded.origin.actor});
}

void TokenTable::add_key(Position place, Key key) {
  if (place_of_key_.contains(key.token_id)) return;
  publish(key);
  const std::unique_lock lock(keys_mutex_);
  place_of_key_[key.token_id] = place;
  keys_of_scope_[scope_of(key.issued)].insert(place);
  keys_[place] = std::move(key);
}

void TokenTable::forget_key(std::string_view id, Position place) {
  put_access(keys_.at(place).issued.digest, nullptr);
  const std::unique_lock lock(keys_mutex_);
  const auto scope = keys_of_scope_.find(scope_of(keys_.at(place).issued));
  scope->second.erase(place);
  if (scope->second.empty()) keys_of_scope_.erase(scope);
  place_of_key_.erase(place_of_key_.find(id));
  keys_.erase(place);
}

void TokenTable::fold(const AccessKeyRegenerated& next, std::string_view id, const RecordedEvent&) {
  const auto place = place_of_key_.find(id);
  if (place == place_of_key_.end()) return;
  auto& key = keys_.at(place->second);
  put_access(key.issued.digest, nullptr);
  {
    const std::unique_lock lock(keys_mutex_);
    key.issued.digest = next.digest;
    key.issued.expires_at_us = next.expires_at_us;
  }
  publish(key);
}

void TokenTable::fold(const SessionOpened& opened, std::string_view id,
                      const RecordedEvent& recorded) {
  forget_expired(recorded.time);
  if (disabled_accounts_.contains(opened.account_id)) return;
  const auto& session = sessions_[recorded.position] = Session{std::string(id),
                                                               opened.account_id,
                                                               opened.access_digest,
                                                               opened.access_expires_at_us,
                                                               opened.refresh_expires_at_us,
                                                               {opened.refresh_digest}};
  place_of_session_[session.token_id] = recorded.position;
  sessions_by_expiry_.emplace(session.refresh_expires_at_us, recorded.position);
  publish(session);
}

void TokenTable::fold(const SessionRefreshed& refreshed, std::string_view id,
                      const RecordedEvent&) {
  const auto place = place_of_session_.find(std::string(id));
  if (place == place_of_session_.end()) return;
  const auto found = sessions_.find(place->second);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  withdraw(session);
  sessions_by_expiry_.erase({session.refresh_expires_at_us, place->second});
  session.access_digest = refreshed.access_digest;
  session.access_expires_at_us = refreshed.access_expires_at_us;
  session.refresh_expires_at_us = refreshed.refresh_expires_at_us;
  session.refresh_digests.push_back(refreshed.refresh_digest);
  if (session.refresh_digests.size() > refresh_digests_max)
    session.refresh_digests.erase(session.refresh_digests.begin());
  sessions_by_expiry_.emplace(session.refresh_expires_at_us, place->second);
  publish(session);
}

void TokenTable::fold(const TokenRevoked&, std::string_view id, const RecordedEvent&) {
  if (const auto key = place_of_key_.find(id); key != place_of_key_.end())
    return forget_key(id, key->second);
  const auto session = place_of_session_.find(std::string(id));
  if (session != place_of_session_.end()) forget_session(session->second);
}

/// Seldom, so it looks at every session.
void TokenTable::forget_sessions_of(std::string_view account_id) {
  std::vector<Position> places;
  for (const auto& [place, session] : sessions_)
    if (session.account_id == account_id) places.push_back(place);
  for (const Position place : places) forget_session(place);
}

void TokenTable::fold(const AccountDisabled&, std::string_view id, const RecordedEvent&) {
  disabled_accounts_.emplace(id);
  forget_sessions_of(id);
}

void TokenTable::fold(const AccountEnabled&, std::string_view id, const RecordedEvent&) {
  if (const auto found = disabled_accounts_.find(id); found != disabled_accounts_.end())
    disabled_accounts_.erase(found);
}

void TokenTable::fold(const AccountPasswordChanged&, std::string_view id, const RecordedEvent&) {
  forget_sessions_of(id);
}

void TokenTable::save(ByteWriter& writer) const {
  writer(keys_, sessions_);
  writer(static_cast<std::uint64_t>(disabled_accounts_.size()));
  for (const auto& account : disabled_accounts_) writer(account);
}

void TokenTable::load(ByteReader& reader) {
  std::map<Position, Key> keys;
  reader(keys, sessions_);
  std::uint64_t disabled_count = 0;
  reader(disabled_count);
  for (std::uint64_t i = 0; i < disabled_count; ++i) {
    std::string account;
    reader(account);
    disabled_accounts_.insert(std::move(account));
  }
  for (auto& [place, key] : keys) {
    if (place_of_key_.contains(key.token_id)) throw MalformedBytes("a key twice");
    add_key(place, std::move(key));
  }
  for (const auto& [place, session] : sessions_) {
    if (session.refresh_digests.empty()) throw MalformedBytes("a session without refresh token");
    place_of_session_[session.token_id] = place;
    sessions_by_expiry_.emplace(session.refresh_expires_at_us, place);
    publish(session);
  }
}

}  // namespace orrery
