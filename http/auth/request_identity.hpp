#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <boost/system/result.hpp>

#include "http/auth/edge_secret.hpp"
#include "http/server/message.hpp"

namespace orrery {

class KeysInFlight;

/// Holds an idempotency key while its request is on its way. Thread-safe.
class KeyClaim {
 public:
  KeyClaim(std::shared_ptr<KeysInFlight> keys, const IdSeed& seed)
      : keys_(std::move(keys)), seed_(seed) {}
  ~KeyClaim() { release(); }
  KeyClaim(const KeyClaim&) = delete;
  KeyClaim& operator=(const KeyClaim&) = delete;

  /// Lets the key go, before the answer is given. Once is enough.
  void release();

 private:
  std::shared_ptr<KeysInFlight> keys_;
  IdSeed seed_;
  std::once_flag released_;
};

/// The idempotency keys whose requests have not been answered yet; one for all dialects of a
/// server, as their principals are the same. Thread-safe.
class KeysInFlight : public std::enable_shared_from_this<KeysInFlight> {
 public:
  /// Null where the key is on its way already.
  std::shared_ptr<KeyClaim> claim(const IdSeed& seed);

 private:
  friend class KeyClaim;

  struct SeedHash {
    std::size_t operator()(const IdSeed& seed) const;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_set<IdSeed, SeedHash> seeds;
  };
  Shard& shard_of(const IdSeed& seed) { return shards_[seed[31] % shards_.size()]; }

  std::array<Shard, 16> shards_;
};

/// What makes a request the same one when it is sent again. With an `Idempotency-Key` everything
/// drawn for it follows from who asks and the key: the same ids, the same secrets, so the same
/// command, which its aggregate recognises; nothing is stored for it. Without a key every request
/// is one of its own.
struct RequestIdentity {
  /// Draw from it in a fixed order.
  std::shared_ptr<IdSource> ids;
  /// Keyed digest of method, path and body, raw; empty without a key.
  std::string digest;
  /// Null without a key. Release it before the answer is given (`mkinf::Reply` does).
  std::shared_ptr<KeyClaim> claim;
};

enum class KeyProblem : std::uint8_t {
  /// 400: `key_malformed_sentence`.
  malformed,
  /// 409: the first request with this key has not been answered yet.
  in_use,
};
inline constexpr std::string_view key_malformed_sentence =
    "Idempotency-Key must have at most 255 printable ASCII characters";
[[noreturn]] void throw_exception_from_error(const KeyProblem& problem,
                                             const boost::source_location& location);

/// Whose retries to tell apart, and with what.
struct IdentityDrawing {
  const EdgeSecret& secret;
  std::shared_ptr<KeysInFlight> keys;
  /// Draws for requests without a key; must outlive the identities.
  IdSource& ids;
};

/// The identity of `request` by `principal` (`Principal::actor`), and the claim on its key.
/// `purpose` keeps kinds of requests apart that draw in different orders; requests of one purpose
/// share their keys.
boost::system::result<RequestIdentity, KeyProblem> identify(const IdentityDrawing& drawing,
                                                            std::string_view purpose,
                                                            std::string_view principal,
                                                            const Request& request);

}  // namespace orrery
