#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "events/envelope.hpp"

namespace orrery {

/// Passwords that were right a moment ago, so that a client may send his with every request: argon2
/// takes tens of milliseconds, a look into here less than one microsecond. Thread-safe.
class CredentialCache {
 public:
  static constexpr std::chrono::seconds lifetime{60};
  /// What is still used so late is verified again ahead of its end, so that nobody waits for it.
  static constexpr std::chrono::seconds due_after{40};
  /// In each shard. Beyond that the one that has been there longest is forgotten.
  static constexpr std::size_t credential_count_max = 1024;

  /// A keyed digest of a credential and of the hash that it is to fit. So a credential is unknown
  /// here as soon as the hash is another, and nobody learns it from here.
  using Key = std::array<std::uint8_t, 32>;

  enum class Outcome : std::uint8_t {
    right,
    wrong,
    /// Not verified: it was guessed too often.
    too_many,
    /// Not verified: too much waits already.
    busy,
  };
  using Verdict = std::function<void(Outcome)>;

  enum class Standing : std::uint8_t {
    unknown,
    /// It was right within `lifetime`.
    known,
    /// The same, but not for long. Told to one only: he verifies it again, and settles it where it
    /// is right.
    due,
  };
  Standing look(const Key& key, Time now);

  /// Waits for the verification of a credential. True for the first who does: he has to verify it
  /// and then to `settle` it. All others come along, so that a client who opens many connections at
  /// once costs one verification. Where it has been settled as right meanwhile, `verdict` is called
  /// at once.
  bool wait(const Key& key, Time now, Verdict verdict);

  /// Tells all who wait, on this thread, and remembers what was right.
  void settle(const Key& key, Outcome outcome, Time now);

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Known {
    Time until{};
    std::list<Key>::iterator place;
    bool is_being_renewed = false;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_map<Key, Known, KeyHash> known;
    /// The one that was verified first, first.
    std::list<Key> by_age;
    std::unordered_map<Key, std::vector<Verdict>, KeyHash> waiting;

    bool has(const Key& key, Time now) const;
    void remember(const Key& key, Time now);
    void forget(const Key& key);
  };
  Shard& shard_of(const Key& key) { return shards_[key[31] % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

}  // namespace orrery
