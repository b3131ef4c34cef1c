#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace orrery {

/// Costs of argon2id. The defaults are libsodium's interactive ones: 64 MiB, about 50 ms.
struct PasswordPoolConfiguration {
  unsigned thread_count = 1;
  /// Jobs waiting or running; one more is refused. At 20 a second this is three seconds of work.
  std::size_t job_count_max = 64;
  std::uint64_t operation_limit = 2;
  std::size_t memory_bytes = 64u << 20;
};

/// argon2id off the threads that serve requests: each job takes tens of milliseconds and much
/// memory, so only few run at a time and only some may wait. Thread-safe.
class PasswordPool {
 public:
  explicit PasswordPool(PasswordPoolConfiguration configuration = {});
  /// Finishes the jobs that it has taken.
  ~PasswordPool();

  /// Calls `done`, on a thread of the pool, with whether `password` fits `hash`. An empty `hash`
  /// stands for an account that doesn't exist: the answer is false and takes as long as any other,
  /// so that nobody learns from the time who has an account. Returns false, and never calls `done`,
  /// where the pool is full.
  bool verify(std::string hash, std::string password, std::function<void(bool)> done);

  /// Calls `done`, on a thread of the pool, with the hash of a new password; empty where there is
  /// no memory for it now. Returns false, and never calls `done`, where the pool is full.
  bool hash(std::string password, std::function<void(std::string)> done);

  /// The hash of a new password, in libsodium's string form. Takes tens of milliseconds on the
  /// caller's thread; for bootstrapping.
  std::string hash(const std::string& password) const;

  /// Jobs that have been done: each costs the same, whatever came of it.
  std::uint64_t verified_count() const { return verified_count_; }
  std::uint64_t hashed_count() const { return hashed_count_; }

 private:
  struct Threads;

  /// False where the pool is full.
  bool run(std::function<void()> job);

  PasswordPoolConfiguration configuration_;
  std::string hash_of_nobody_;
  std::atomic<std::size_t> job_count_ = 0;
  std::atomic<std::uint64_t> verified_count_ = 0, hashed_count_ = 0;
  std::unique_ptr<Threads> threads_;
};

}  // namespace orrery
