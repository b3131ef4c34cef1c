#include "http/auth/request_identity.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

namespace orrery {

namespace {

constexpr std::size_t key_bytes_max = 255;

bool is_key(std::string_view text) {
  return text.size() <= key_bytes_max && std::all_of(text.begin(), text.end(), [](char letter) {
           return letter >= ' ' && letter <= '~';
         });
}

/// The path has no line breaks, so no two requests are written alike. Keyed, for it stands in
/// events: from a plain digest of a body, what a person said in it could be guessed, a password
/// too.
std::string digest_of(const EdgeSecret& secret, const Request& request) {
  const auto digest = secret.seal_of(
      "request", fmt::format("{}\n{}\n{}", to_string(request.method), request.path, request.body));
  return {digest.begin(), digest.end()};
}

}  // namespace

std::size_t KeysInFlight::SeedHash::operator()(const IdSeed& seed) const {
  std::size_t hash = 0;  // A seed is a digest: any part of it is a hash.
  std::memcpy(&hash, seed.data(), sizeof hash);
  return hash;
}

std::shared_ptr<KeyClaim> KeysInFlight::claim(const IdSeed& seed) {
  auto& shard = shard_of(seed);
  {
    const std::scoped_lock lock(shard.mutex);
    if (!shard.seeds.insert(seed).second) return nullptr;
  }
  return std::make_shared<KeyClaim>(shared_from_this(), seed);
}

void KeyClaim::release() {
  std::call_once(released_, [this] {
    auto& shard = keys_->shard_of(seed_);
    const std::scoped_lock lock(shard.mutex);
    shard.seeds.erase(seed_);
  });
}

boost::system::result<RequestIdentity, KeyProblem> identify(const IdentityDrawing& drawing,
                                                            std::string_view purpose,
                                                            std::string_view principal,
                                                            const Request& request) {
  const auto key = request.header("idempotency-key");
  if (!is_key(key)) return KeyProblem::malformed;
  RequestIdentity identity;
  if (key.empty()) {
    // Not ours to delete.
    identity.ids = std::shared_ptr<IdSource>(&drawing.ids, [](IdSource*) {});
    return identity;
  }
  const auto seed = drawing.secret.seed_of(purpose, principal, key);
  identity.claim = drawing.keys->claim(seed);
  if (!identity.claim) return KeyProblem::in_use;
  identity.ids = std::make_shared<SeededIdSource>(seed);
  identity.digest = digest_of(drawing.secret, request);
  return identity;
}

void throw_exception_from_error(const KeyProblem&, const boost::source_location&) {
  throw std::logic_error("the identity of a refused request was used");
}

}  // namespace orrery
