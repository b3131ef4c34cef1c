#include "http/auth/credential_cache.hpp"

#include <cstring>
#include <utility>

namespace orrery {

std::size_t CredentialCache::KeyHash::operator()(const Key& key) const {
  std::size_t hash = 0;  // A key is a digest: any part of it is a hash.
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

bool CredentialCache::Shard::has(const Key& key, Time now) const {
  const auto found = known.find(key);
  return found != known.end() && found->second.until > now;
}

void CredentialCache::Shard::forget(const Key& key) {
  const auto found = known.find(key);
  if (found == known.end()) return;
  by_age.erase(found->second.place);
  known.erase(found);
}

void CredentialCache::Shard::remember(const Key& key, Time now) {
  forget(key);
  const auto is_over = [&] { return known.at(by_age.front()).until <= now; };
  while (!by_age.empty() && (is_over() || known.size() >= credential_count_max))
    forget(Key(by_age.front()));
  known.emplace(key, Known{now + lifetime, by_age.insert(by_age.end(), key)});
}

CredentialCache::Standing CredentialCache::look(const Key& key, Time now) {
  auto& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  if (!shard.has(key, now)) return Standing::unknown;
  auto& known = shard.known.at(key);
  const bool is_late = now >= known.until - lifetime + due_after;
  if (!is_late || known.is_being_renewed) return Standing::known;
  known.is_being_renewed = true;
  return Standing::due;
}

bool CredentialCache::wait(const Key& key, Time now, Verdict verdict) {
  auto& shard = shard_of(key);
  {
    const std::scoped_lock lock(shard.mutex);
    if (!shard.has(key, now)) {
      auto& waiting = shard.waiting[key];
      waiting.push_back(std::move(verdict));
      return waiting.size() == 1;
    }
  }
  verdict(Outcome::right);
  return false;
}

void CredentialCache::settle(const Key& key, Outcome outcome, Time now) {
  auto& shard = shard_of(key);
  std::vector<Verdict> waiting;
  {
    const std::scoped_lock lock(shard.mutex);
    if (outcome == Outcome::right) shard.remember(key, now);
    if (auto node = shard.waiting.extract(key)) waiting = std::move(node.mapped());
  }
  for (const auto& verdict : waiting) verdict(outcome);
}

}  // namespace orrery
