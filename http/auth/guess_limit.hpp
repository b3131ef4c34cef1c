#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "events/envelope.hpp"

namespace orrery {

/// How often a password may be guessed: so many guesses for one name at once, and one more with
/// every pause. A name is an account's id, which follows from the mail address whether or not
/// somebody has it, so the limit tells nobody who has an account. In memory: a restart forgives.
/// Thread-safe.
class GuessLimit {
 public:
  static constexpr unsigned guess_count_max = 10;
  static constexpr std::chrono::seconds pause{30};
  /// Names remembered in each shard. Beyond that the guesses of those who waited longest are
  /// forgiven.
  static constexpr std::size_t name_count_max = 4096;

  /// Takes a guess; false where none is left at `now`.
  bool take(std::string_view name, Time now);

  /// The guess was right: all are forgiven.
  void forgive(std::string_view name);

 private:
  struct Shard {
    std::mutex mutex;
    /// When all guesses of a name will have come back. A name beyond its time is not needed.
    std::unordered_map<std::string, Time> full_at;
    std::set<std::pair<Time, std::string>> by_time;

    void forget(const std::string& name);
  };
  Shard& shard_of(std::string_view name);

  std::array<Shard, 16> shards_;
};

}  // namespace orrery
