#include "http/auth/id_source.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

namespace orrery {

std::string IdSource::uuid() {
  std::array<std::uint8_t, 16> b{};
  fill(b);
  b[6] = static_cast<std::uint8_t>((b[6] & 0x0F) | 0x40);  // Version 4.
  b[8] = static_cast<std::uint8_t>((b[8] & 0x3F) | 0x80);  // Variant of RFC 9562.
  std::string text;
  text.reserve(36);
  for (std::size_t index = 0; index < b.size(); ++index) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (index == 4 || index == 6 || index == 8 || index == 10) text.push_back('-');
    text.push_back(digits[b[index] >> 4]);
    text.push_back(digits[b[index] & 0x0F]);
  }
  return text;
}

std::string IdSource::upper_hex(std::size_t byte_count) {
  std::vector<std::uint8_t> bytes(byte_count);
  fill(bytes);
  return fmt::format("{:02X}", fmt::join(bytes, ""));
}

std::string IdSource::mac_address() {
  std::array<std::uint8_t, 6> bytes{};
  fill(bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0xFC) | 0x02);
  return fmt::format("{:02x}", fmt::join(bytes, ":"));
}

void SystemIdSource::fill(std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }

SeededIdSource::SeededIdSource(std::uint64_t number) {
  std::memcpy(seed_.data(), &number, sizeof number);
}

void SeededIdSource::fill(std::span<std::uint8_t> out) {
  const std::scoped_lock lock(mutex_);
  std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  static_assert(sizeof block_ == nonce.size());
  std::memcpy(nonce.data(), &block_, sizeof block_);
  ++block_;
  crypto_stream_chacha20(out.data(), out.size(), nonce.data(), seed_.data());
}

}  // namespace orrery
