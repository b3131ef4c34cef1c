#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <openssl/crypto.h>
#include <boost/unordered/unordered_flat_map.hpp>

namespace orrery {

/// A digest is random already: its first bytes are its hash.
struct DigestHash {
  using is_avalanching = void;
  std::size_t operator()(const std::array<std::uint8_t, 32>& digest) const {
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};

struct ConstantTimeEqual {
  bool operator()(const std::array<std::uint8_t, 32>& left,
                  const std::array<std::uint8_t, 32>& right) const {
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
  }
};

/// Values by SHA-256 digests of secrets. Its order means nothing.
template <class Value>
using DigestMap =
    boost::unordered_flat_map<std::array<std::uint8_t, 32>, Value, DigestHash, ConstantTimeEqual>;

/// Nothing where `bytes` isn't a digest: such a secret opens nothing.
inline std::optional<std::array<std::uint8_t, 32>> digest_of(std::string_view bytes) {
  std::array<std::uint8_t, 32> digest;
  if (bytes.size() != digest.size()) return std::nullopt;
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

}  // namespace orrery
