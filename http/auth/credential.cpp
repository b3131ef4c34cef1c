#include "http/auth/credential.hpp"

#include <array>

#include <sodium.h>
#include <boost/beast/core/string.hpp>

#include "storage/chain.hpp"

namespace orrery {

std::string mint_credential(std::string_view prefix, IdSource& ids) {
  std::array<std::uint8_t, 32> secret{};
  ids.fill(secret);
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(32, variant)> text{};
  sodium_bin2base64(text.data(), text.size(), secret.data(), secret.size(), variant);
  return std::string(prefix).append(text.data());
}

std::array<std::uint8_t, 32> credential_digest(std::string_view credential) {
  // OpenSSL's uses the processor's instructions for it, libsodium's doesn't.
  thread_local ChainHasher hash;
  return hash(credential);
}

std::string credential_digest_text(std::string_view credential) {
  const auto digest = credential_digest(credential);
  return {digest.begin(), digest.end()};
}

std::string_view bearer_credential(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (!boost::beast::iequals(authorization.substr(0, scheme.size()), scheme)) return {};
  authorization.remove_prefix(scheme.size());
  const auto first = authorization.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  authorization.remove_prefix(first);
  return authorization.substr(0, authorization.find_last_not_of(' ') + 1);
}

}  // namespace orrery
