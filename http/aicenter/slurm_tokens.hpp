#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"

namespace orrery {

class IdSource;

namespace aicenter {

/// Whom a token names, and when it is good.
struct SlurmToken {
  std::string user;
  /// Seconds since 1970; 0 where the token doesn't say.
  std::int64_t issued_s = 0;
  std::int64_t expires_s = 0;
  /// It is worth nothing before.
  std::int64_t begins_s = 0;
};

/// Makes and checks the tokens of `auth/jwt`: HS256 over `exp`, `iat` and `sun`, by one key that
/// the center shares with its Slurm, so that tokens of `scontrol token` are good here and ours are
/// there. Any thread.
class SlurmTokens {
 public:
  /// A longer one isn't looked at.
  static constexpr std::size_t token_bytes_max = 4096;
  /// Of a key; a shorter one could be guessed.
  static constexpr std::size_t key_bytes_min = 16;

  /// Throws `std::invalid_argument` with a sentence where the key is too short.
  explicit SlurmTokens(std::string key);
  ~SlurmTokens();

  /// The key in a file as Slurm's `jwt_key` names it: all of its bytes. Throws
  /// `std::runtime_error` with a sentence where it can't be read.
  static std::unique_ptr<SlurmTokens> load(const std::filesystem::path& file);
  /// The same; where there is no such file, it is made (mode 0600, 32 random bytes) and synced.
  static std::unique_ptr<SlurmTokens> load_or_create(const std::filesystem::path& file,
                                                     IdSource& ids);

  std::string mint(std::string_view user, Time now, std::chrono::seconds lifespan) const;

  /// Nothing where it isn't one of ours, or is over; why isn't told to whoever sent it. A token
  /// that was verified is known by its digest until it is over: then it costs less than a
  /// microsecond. Whether its user lives, and takes tokens that old, is the caller's to ask.
  std::shared_ptr<const SlurmToken> verify(std::string_view token, Time now) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aicenter
}  // namespace orrery
