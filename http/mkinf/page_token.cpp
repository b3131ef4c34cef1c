#include "http/mkinf/page_token.hpp"

#include <array>
#include <cstring>

#include "http/auth/base64url.hpp"

namespace orrery::mkinf {

namespace {

/// A seal of the place, then the place hidden by a mask that follows from the seal.
struct Token {
  std::array<std::uint8_t, 16> seal{};
  std::array<std::uint8_t, 8> hidden{};
};
static_assert(sizeof(Token) == 24);

template <class Bytes>
std::string_view as_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::array<std::uint8_t, 16> seal_of(const std::array<std::uint8_t, 8>& place,
                                     const EdgeSecret& secret) {
  const auto digest = secret.seal_of("page token", as_text(place));
  std::array<std::uint8_t, 16> seal{};
  std::memcpy(seal.data(), digest.data(), seal.size());
  return seal;
}

std::array<std::uint8_t, 8> masked(std::array<std::uint8_t, 8> place,
                                   const std::array<std::uint8_t, 16>& seal,
                                   const EdgeSecret& secret) {
  const auto mask = secret.seal_of("page token mask", as_text(seal));
  for (std::size_t i = 0; i < place.size(); ++i) place[i] ^= mask[i];
  return place;
}

}  // namespace

std::string page_token(Position place, const EdgeSecret& secret) {
  std::array<std::uint8_t, 8> bytes{};
  std::memcpy(bytes.data(), &place, sizeof place);
  const auto seal = seal_of(bytes, secret);
  return to_base64url(std::string(as_text(seal)).append(as_text(masked(bytes, seal, secret))));
}

std::optional<Position> read_page_token(std::string_view text, const EdgeSecret& secret) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != sizeof(Token)) return std::nullopt;
  Token token;
  std::memcpy(&token, bytes->data(), sizeof token);
  const auto place = masked(token.hidden, token.seal, secret);
  if (seal_of(place, secret) != token.seal) return std::nullopt;
  Position position = 0;
  std::memcpy(&position, place.data(), sizeof position);
  return position;
}

}  // namespace orrery::mkinf
