#include "http/webhooks/webhook_signature.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

namespace orrery {

namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr int variant = sodium_base64_VARIANT_ORIGINAL;

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // The terminator.
  return text;
}

std::optional<std::vector<std::uint8_t>> key_of(std::string_view secret) {
  if (!secret.starts_with(secret_prefix)) return std::nullopt;
  secret.remove_prefix(secret_prefix.size());
  std::vector<std::uint8_t> key(secret.size());
  std::size_t size = 0;
  if (sodium_base642bin(key.data(), key.size(), secret.data(), secret.size(), nullptr, &size,
                        nullptr, variant) != 0)
    return std::nullopt;
  key.resize(size);
  return key;
}

}  // namespace

std::string draw_webhook_secret(IdSource& ids) {
  std::array<std::uint8_t, 32> bytes{};
  ids.fill(bytes);
  return std::string(secret_prefix) + base64(bytes);
}

std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::int64_t timestamp_s, std::string_view body) {
  const auto key = key_of(secret);
  if (!key) return {};
  const auto head = fmt::format("{}.{}.", id, timestamp_s);
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key->data(), key->size());
  crypto_auth_hmacsha256_update(&state, bytes(head), head.size());
  crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return "v1," + base64(mac);
}

}  // namespace orrery
