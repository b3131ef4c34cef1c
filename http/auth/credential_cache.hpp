#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/envelope.hpp"

namespace orrery {

/// Passwords that were right a moment ago, so that a client may send his with every request: argon2
/// takes tens of milliseconds, a look into here less than one microsecond. Knows keyed digests of
/// credentials, never one itself. Who asks must compare the password hash with the one that counts
/// now: so a changed password is dead at once. Thread-safe.
class CredentialCache {
 public:
  static constexpr std::chrono::seconds lifetime_max{60};
  /// In each shard. Beyond that the one that has been there longest is forgotten.
  static constexpr std::size_t credential_count_max = 1024;

  /// A keyed digest of the whole credential.
  using Key = std::array<std::uint8_t, 32>;

  /// Whose password it was, and which.
  struct Proof {
    std::string client_id;
    std::string password_hash;
  };
  /// Nothing: the password was wrong, or couldn't be verified.
  using Verdict = std::function<void(const std::optional<Proof>&)>;

  std::optional<Proof> find(const Key& key, Time now);

  /// Waits for the verification of a credential. True for the first who does: he has to verify it
  /// and then to `settle` it. All others come along, so that a client who opens many connections at
  /// once costs one verification.
  bool wait(const Key& key, Verdict verdict);

  /// Tells all who wait, on this thread, and remembers what was right.
  void settle(const Key& key, const std::optional<Proof>& proof, Time now);

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Known {
    Proof proof;
    Time until{};
    std::list<Key>::iterator place;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_map<Key, Known, KeyHash> known;
    /// The one that was verified first, first.
    std::list<Key> by_age;
    std::unordered_map<Key, std::vector<Verdict>, KeyHash> waiting;

    void remember(const Key& key, const Proof& proof, Time until);
    void forget(const Key& key);
  };
  Shard& shard_of(const Key& key) { return shards_[key[31] % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

}  // namespace orrery
