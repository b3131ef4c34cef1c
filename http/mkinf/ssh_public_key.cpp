#include "http/mkinf/ssh_public_key.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <sodium.h>

namespace orrery::mkinf {

namespace {

constexpr std::string_view abbreviation = "...";

/// What follows the type in a key's blob (RFC 4253, 5656, 8709; OpenSSH's PROTOCOL.u2f).
struct KeyType {
  std::string_view name;
  std::size_t part_count = 0;
  /// Bytes of the last part that is the key itself; 0 for any number.
  std::size_t key_size = 0;
};

constexpr std::array key_types{
    KeyType{"ssh-rsa", 2},
    KeyType{"ssh-dss", 4},
    KeyType{"ssh-ed25519", 1, 32},
    KeyType{"ecdsa-sha2-nistp256", 2, 65},
    KeyType{"ecdsa-sha2-nistp384", 2, 97},
    KeyType{"ecdsa-sha2-nistp521", 2, 133},
    KeyType{"sk-ssh-ed25519@openssh.com", 2},
    KeyType{"sk-ecdsa-sha2-nistp256@openssh.com", 3},
};

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

/// The next part of a blob: its length in four bytes, the highest first, then so many bytes.
std::optional<std::string_view> take_part(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (const char byte : blob.substr(0, 4)) size = size << 8 | static_cast<std::uint8_t>(byte);
  blob.remove_prefix(4);
  if (size == 0 || size > blob.size()) return std::nullopt;
  const auto part = blob.substr(0, size);
  blob.remove_prefix(size);
  return part;
}

bool holds_key(std::string_view blob, const KeyType& type) {
  if (take_part(blob) != type.name) return false;
  std::optional<std::string_view> part;
  for (std::size_t i = 0; i < type.part_count; ++i)
    if (part = take_part(blob); !part) return false;
  return blob.empty() && (type.key_size == 0 || part->size() == type.key_size);
}

/// The letters that every key of the type begins with.
std::string beginning_of(const KeyType& type) {
  const std::string bytes = {0, 0, 0, static_cast<char>(type.name.size())};
  const auto whole = (bytes + std::string(type.name));
  const auto known = whole.substr(0, whole.size() / 3 * 3);  // What fills its letters.
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(known.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const std::uint8_t*>(known.data()),
                    known.size(), variant);
  text.pop_back();  // The terminating zero.
  return text;
}

bool abbreviates(std::string_view letters, const KeyType& type) {
  const auto beginning = beginning_of(type);
  const auto size = std::min(letters.size(), beginning.size());
  return size > 0 && letters.substr(0, size) == std::string_view(beginning).substr(0, size);
}

}  // namespace

bool is_ssh_public_key(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const auto is_control = [](char letter) {
    return static_cast<std::uint8_t>(letter) < 0x20 || letter == 0x7F;
  };
  if (std::ranges::any_of(text, is_control)) return false;
  const auto type_end = std::min(text.find(' '), text.size());
  const auto type = std::ranges::find(key_types, text.substr(0, type_end), &KeyType::name);
  if (type == key_types.end() || type_end == text.size()) return false;
  const auto rest = text.substr(type_end + 1);
  const auto letters = rest.substr(0, rest.find(' '));
  if (letters.ends_with(abbreviation))
    return abbreviates(letters.substr(0, letters.size() - abbreviation.size()), *type);
  const auto blob = from_base64(letters);
  return blob && holds_key(*blob, *type);
}

}  // namespace orrery::mkinf
