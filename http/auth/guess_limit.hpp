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
/// somebody has it, so the limit tells nobody who has an account; or the address that guesses come
/// from. In memory: a restart forgives. Thread-safe.
class GuessLimit {
 public:
  static constexpr unsigned guess_count_max = 10;
  static constexpr std::chrono::seconds pause{30};
  struct Allowance {
    /// At once.
    unsigned count = guess_count_max;
    /// Until one comes back.
    std::chrono::seconds pause = GuessLimit::pause;
  };
  /// Names remembered in each shard. Beyond that the guesses of those who waited longest are
  /// forgiven.
  static constexpr std::size_t name_count_max = 4096;

  GuessLimit() = default;
  explicit GuessLimit(Allowance allowance) : allowance_(allowance) {}

  /// Takes a guess; false where none is left at `now`.
  bool take(std::string_view name, Time now);

  /// The guess was right: all are forgiven.
  void forgive(std::string_view name);

  /// The guess was right, and says nothing about the others: it alone comes back.
  void give_back(std::string_view name);

  /// How long until there is a guess for the name again, in whole seconds; 0 where there is one.
  std::chrono::seconds wait(std::string_view name, Time now);

 private:
  struct Shard {
    std::mutex mutex;
    /// When all guesses of a name will have come back. A name beyond its time is not needed.
    std::unordered_map<std::string, Time> full_at;
    std::set<std::pair<Time, std::string>> by_time;

    void forget(const std::string& name);
  };
  Shard& shard_of(std::string_view name);

  Allowance allowance_{};
  std::array<Shard, 16> shards_;
};

}  // namespace orrery
