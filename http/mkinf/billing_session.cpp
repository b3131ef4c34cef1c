#include "http/mkinf/billing_session.hpp"

#include <sodium.h>

#include "events/archive.hpp"

namespace orrery::mkinf {

namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t seal_size = 32;
constexpr std::string_view purpose = "billing session";

std::string base64url(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back();  // The terminating zero.
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, variant) != 0)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string to_text(const BillingSession& session, const EdgeSecret& secret) {
  std::string payload;
  ByteWriter{payload}(session);
  const auto seal = secret.seal_of(purpose, payload);
  return base64url(std::string(seal.begin(), seal.end()) + payload);
}

std::optional<BillingSession> read_billing_session(std::string_view text,
                                                   const EdgeSecret& secret) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < seal_size) return std::nullopt;
  const auto payload = std::string_view(*bytes).substr(seal_size);
  const auto seal = secret.seal_of(purpose, payload);
  if (sodium_memcmp(seal.data(), bytes->data(), seal_size) != 0) return std::nullopt;
  BillingSession session;
  ByteReader{payload}(session);
  return session;
}

}  // namespace orrery::mkinf
