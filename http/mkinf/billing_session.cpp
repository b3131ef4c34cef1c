#include "http/mkinf/billing_session.hpp"

#include <sodium.h>

#include "events/archive.hpp"
#include "http/auth/base64url.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::size_t seal_size = 32;
constexpr std::string_view purpose = "billing session";

}  // namespace

std::string to_text(const BillingSession& session, const EdgeSecret& secret) {
  std::string payload;
  ByteWriter{payload}(session);
  const auto seal = secret.seal_of(purpose, payload);
  return to_base64url(std::string(seal.begin(), seal.end()) + payload);
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
